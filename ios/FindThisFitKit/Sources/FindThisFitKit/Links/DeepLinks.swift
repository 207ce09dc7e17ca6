import Foundation

/// The address that opens a listing in its marketplace's app. The table is the server's (src/search/deep_links.cc); both are
/// tested by tests/vectors/deep_links.json. The server's `deep_link` is used where there is one: this is for items of an
/// older cache and of other servers.
public enum DeepLinks {
  private static let prefixes = [
    "depop": "depop://product/",
    "vinted": "vinted://item/",
    "poshmark": "poshmark://listing/",
  ]

  /// Nil: the listing has neither an app nor a page.
  public static func link(source: String, externalID: String, url: String?) -> String? {
    if let prefix = prefixes[source.lowercased()], !externalID.isEmpty { return prefix + percentEncoded(externalID) }
    return url.flatMap { $0.isEmpty ? nil : $0 }
  }

  /// Encodes all bytes but the unreserved characters of RFC 3986.
  static func percentEncoded(_ text: String) -> String {
    text.addingPercentEncoding(withAllowedCharacters: unreserved) ?? ""
  }

  private static let unreserved = CharacterSet(
    charactersIn: "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~")

  /// The addresses to try for a listing, best first: that of the app, then the page.
  public static func addresses(of result: SearchResult) -> [URL] {
    let link = result.deepLink ?? link(source: result.source, externalID: result.externalId, url: result.url)
    var addresses: [URL] = []
    for text in [link, result.url] {
      if let text, let url = URL(string: text), isSafe(url), !addresses.contains(url) { addresses.append(url) }
    }
    return addresses
  }

  /// Whether an address of a listing may be opened: pages, and the apps of the table. A catalogue may have any text there.
  static func isSafe(_ url: URL) -> Bool {
    guard let scheme = url.scheme?.lowercased() else { return false }
    return scheme == "https" || scheme == "http" || prefixes.values.contains { $0.hasPrefix(scheme + "://") }
  }
}
