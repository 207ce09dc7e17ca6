/// The problem details (RFC 9457) of a response that is an error.
public struct Problem: Codable, Hashable, Sendable, Error {
  public let type: String
  public let title: String
  public let status: Int
  public let detail: String
  public let instance: String
  public let requestId: String
  public let field: String?
  public let missingScopes: [String]?

  /// The stable end of the type, such as "totp_required".
  public var code: String { type.split(separator: ":").last.map(String.init) ?? type }
}
