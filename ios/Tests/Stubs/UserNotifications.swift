@_exported import AppleTypes

public struct UNAuthorizationOptions: OptionSet, Sendable {
  public let rawValue: UInt
  public init(rawValue: UInt) { self.rawValue = rawValue }
  public static let badge = UNAuthorizationOptions(rawValue: 1)
  public static let sound = UNAuthorizationOptions(rawValue: 2)
  public static let alert = UNAuthorizationOptions(rawValue: 4)
}
public struct UNNotificationPresentationOptions: OptionSet, Sendable {
  public let rawValue: UInt
  public init(rawValue: UInt) { self.rawValue = rawValue }
  public static let banner = UNNotificationPresentationOptions(rawValue: 16)
  public static let list = UNNotificationPresentationOptions(rawValue: 8)
}
open class UNNotificationSound: NSObject, @unchecked Sendable {
  public class var `default`: UNNotificationSound { fatalError() }
}
open class UNNotificationContent: NSObject {
  open var userInfo: [AnyHashable: Any] {
    get { fatalError() }
    set {}
  }
}
public final class UNMutableNotificationContent: UNNotificationContent {
  public var title: String {
    get { fatalError() }
    set {}
  }
  public var body: String {
    get { fatalError() }
    set {}
  }
  public var sound: UNNotificationSound? {
    get { fatalError() }
    set {}
  }
  public var threadIdentifier: String {
    get { fatalError() }
    set {}
  }
}
open class UNNotificationTrigger: NSObject {}
open class UNNotificationRequest: NSObject {
  public init(identifier: String, content: UNNotificationContent, trigger: UNNotificationTrigger?) { fatalError() }
  public var content: UNNotificationContent { fatalError() }
}
open class UNNotification: NSObject {
  public var request: UNNotificationRequest { fatalError() }
}
open class UNNotificationResponse: NSObject {
  public var notification: UNNotification { fatalError() }
}
public protocol UNUserNotificationCenterDelegate: NSObjectProtocol {
  func userNotificationCenter(
    _ center: UNUserNotificationCenter, didReceive response: UNNotificationResponse,
    withCompletionHandler completionHandler: @escaping () -> Void)
  func userNotificationCenter(
    _ center: UNUserNotificationCenter, willPresent notification: UNNotification,
    withCompletionHandler completionHandler: @escaping (UNNotificationPresentationOptions) -> Void)
}
open class UNUserNotificationCenter: NSObject, @unchecked Sendable {
  public class func current() -> UNUserNotificationCenter { fatalError() }
  public weak var delegate: (any UNUserNotificationCenterDelegate)? {
    get { fatalError() }
    set {}
  }
  public func requestAuthorization(options: UNAuthorizationOptions = []) async throws -> Bool { fatalError() }
  public func add(_ request: UNNotificationRequest) async throws { fatalError() }
}
