@_exported import Foundation
@_exported import FoundationNetworking

public typealias CFTypeRef = Any
public typealias CFString = String
public typealias CFData = Data
public typealias CFMutableData = NSMutableData
public typealias CFDictionary = [AnyHashable: Any]
public typealias CFArray = [Any]
public typealias OSStatus = Int32

extension FileManager {
  public func containerURL(forSecurityApplicationGroupIdentifier groupIdentifier: String) -> URL? { fatalError() }
}
extension URLSessionConfiguration {
  // FoundationNetworking declares it as unavailable; this one takes precedence.
  public class func background(withIdentifier identifier: String) -> URLSessionConfiguration { fatalError() }
  public var sessionSendsLaunchEvents: Bool {
    get { fatalError() }
    set {}
  }
}
extension URL {
  public static var documentsDirectory: URL { fatalError() }
  public func startAccessingSecurityScopedResource() -> Bool { fatalError() }
  public func stopAccessingSecurityScopedResource() { fatalError() }
}
public struct LocalizedStringResource: Equatable, Hashable, Codable, Sendable, ExpressibleByStringInterpolation {
  public init(stringLiteral value: String) { fatalError() }
  public init(stringInterpolation: DefaultStringInterpolation) { fatalError() }
}
extension String {
  public struct LocalizationValue: Sendable, ExpressibleByStringInterpolation {
    public init(stringLiteral value: String) { fatalError() }
    public init(stringInterpolation: DefaultStringInterpolation) { fatalError() }
  }
  public init(localized keyAndValue: String.LocalizationValue) { fatalError() }
}
open class NSItemProvider: NSObject {
  public func hasItemConformingToTypeIdentifier(_ typeIdentifier: String) -> Bool { fatalError() }
  public func loadDataRepresentation(
    forTypeIdentifier typeIdentifier: String, completionHandler: @escaping @Sendable (Data?, (any Error)?) -> Void
  ) -> Progress { fatalError() }
}
open class NSExtensionItem: NSObject {
  public var attachments: [NSItemProvider]? { fatalError() }
}
open class NSExtensionContext: NSObject {
  public var inputItems: [Any] { fatalError() }
  public func completeRequest(returningItems items: [Any]?, completionHandler: (@Sendable (Bool) -> Void)?) {
    fatalError()
  }
}
