@_exported import AppleTypes

public struct UTType: Hashable, Sendable {
  public var identifier: String { fatalError() }
  public static var image: UTType { fatalError() }
  public static var jpeg: UTType { fatalError() }
  public static var x509Certificate: UTType { fatalError() }
}
