import Foundation

/// The address of a server: scheme, host, perhaps a port and a path, without a slash at the end.
public struct ServerAddress: Hashable, Sendable {
  public let text: String
  public let url: URL

  /// Reads what a person types or a QR code has. A missing scheme is https, or http for the own machine and for names and
  /// addresses of a local network. Nil: it is no address of a web server.
  public init?(_ typed: String) {
    var text = typed.trimmingCharacters(in: .whitespacesAndNewlines)
    if !text.contains("://") {
      let host = text.split(whereSeparator: { $0 == ":" || $0 == "/" }).first.map(String.init) ?? ""
      text = (ServerAddress.isLocal(host) ? "http://" : "https://") + text
    }
    guard var parts = URLComponents(string: text), let scheme = parts.scheme?.lowercased(),
      scheme == "https" || scheme == "http", let host = parts.host, !host.isEmpty, parts.user == nil
    else { return nil }
    parts.scheme = scheme
    parts.host = host.lowercased()
    parts.query = nil
    parts.fragment = nil
    while parts.path.hasSuffix("/") { parts.path.removeLast() }
    guard let url = parts.url else { return nil }
    self.text = url.absoluteString
    self.url = url
  }

  /// The origin that a browser would name for a page of this server.
  var origin: String {
    let port = url.port.map { ":\($0)" } ?? ""
    return "\(url.scheme ?? "https")://\(url.host() ?? "")\(port)"
  }

  public var isEncrypted: Bool { url.scheme == "https" }

  /// The address of a path of the API, or of an image: a relative reference of a response, or an absolute address.
  public func resolve(_ reference: String, query: [URLQueryItem] = []) -> URL? {
    guard reference.hasPrefix("/"), !reference.hasPrefix("//") else {
      let url = URL(string: reference)
      return url?.scheme == "https" || url?.scheme == "http" ? url : nil
    }
    guard let base = URL(string: text + reference) else { return nil }
    return query.isEmpty ? base : base.appending(queryItems: query)
  }

  /// The path of an address below this server's. Nil: the address is none of this server.
  func path(of other: URL) -> String? {
    let base = url.path()
    guard other.scheme?.lowercased() == url.scheme, other.host()?.lowercased() == url.host(), other.port == url.port,
      other.path() == base || other.path().hasPrefix(base + "/")
    else { return nil }
    return String(other.path().dropFirst(base.count))
  }

  private static func isLocal(_ host: String) -> Bool {
    host == "localhost" || host.hasSuffix(".local") || host.hasPrefix("127.") || host.hasPrefix("192.168.")
      || host.hasPrefix("10.") || (!host.contains(".") && !host.isEmpty)
  }
}

extension ServerAddress: Codable {
  public init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    guard let address = ServerAddress(try container.decode(String.self)) else {
      throw DecodingError.dataCorruptedError(in: container, debugDescription: "no address of a server")
    }
    self = address
  }

  public func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(text)
  }
}
