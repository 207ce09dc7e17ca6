import Foundation

/// An address that opens a place in the app: `findthisfit://…`, or a page of the server.
public enum AppLink: Hashable, Sendable {
  /// The server that the web app shows as a QR code. A key is optional.
  case connect(server: ServerAddress, key: String?)
  case item(id: String)
  case search(words: String)
  case savedSearch(id: String)
  /// A search of the recent ones, such as one that an extension has begun.
  case recent(id: String)

  public static let scheme = "findthisfit"

  /// Nil: the address is none of the app. Pages of `server` are accepted, those of others are not.
  public init?(_ url: URL, server: ServerAddress? = nil) {
    guard let parts = URLComponents(url: url, resolvingAgainstBaseURL: false) else { return nil }
    func value(_ name: String) -> String? {
      parts.queryItems?.first { $0.name == name }?.value.flatMap { $0.isEmpty ? nil : $0 }
    }
    let path: [Substring]
    if parts.scheme?.lowercased() == AppLink.scheme {
      path = [Substring(parts.host ?? "")] + parts.path.split(separator: "/")
    } else if let within = server?.path(of: url) {
      path = within.split(separator: "/")
    } else {
      return nil
    }
    switch (path.first ?? "", path.dropFirst().first) {
    case ("connect", nil):
      guard let address = value("server").flatMap(ServerAddress.init) else { return nil }
      self = .connect(server: address, key: value("key"))
    case ("items", let id?) where AppLink.isID(id), ("item", let id?) where AppLink.isID(id):
      self = .item(id: String(id))
    case ("search", nil), ("", nil):
      guard let words = value("q") else { return nil }
      self = .search(words: String(words.prefix(2_000)))
    case ("saved-searches", let id?) where AppLink.isID(id):
      self = .savedSearch(id: String(id))
    case ("recent", let id?) where UUID(uuidString: String(id)) != nil:
      self = .recent(id: String(id))
    default:
      return nil
    }
  }

  public var url: URL {
    var parts = URLComponents()
    parts.scheme = AppLink.scheme
    switch self {
    case .connect(let server, let key):
      parts.host = "connect"
      parts.queryItems = [URLQueryItem(name: "server", value: server.text)]
      if let key { parts.queryItems?.append(URLQueryItem(name: "key", value: key)) }
    case .item(let id):
      parts.host = "items"
      parts.path = "/\(id)"
    case .search(let words):
      parts.host = "search"
      parts.queryItems = [URLQueryItem(name: "q", value: words)]
    case .savedSearch(let id):
      parts.host = "saved-searches"
      parts.path = "/\(id)"
    case .recent(let id):
      parts.host = "recent"
      parts.path = "/\(id)"
    }
    return parts.url ?? URL(fileURLWithPath: "/")
  }

  private static func isID(_ text: Substring) -> Bool {
    (1...19).contains(text.count) && text.allSatisfy { $0.isASCII && $0.isNumber }
  }
}
