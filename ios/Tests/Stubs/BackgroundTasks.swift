@_exported import AppleTypes

open class BGTaskRequest: NSObject {
  public var earliestBeginDate: Date? {
    get { fatalError() }
    set {}
  }
}
open class BGAppRefreshTaskRequest: BGTaskRequest {
  public init(identifier: String) { fatalError() }
}
open class BGTaskScheduler: NSObject, @unchecked Sendable {
  public class var shared: BGTaskScheduler { fatalError() }
  public func submit(_ taskRequest: BGTaskRequest) throws { fatalError() }
}
