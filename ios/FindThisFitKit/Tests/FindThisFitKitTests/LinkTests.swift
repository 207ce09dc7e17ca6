import Foundation
import Testing

@testable import FindThisFitKit

@Suite struct LinkTests {
  /// The file is also a test of the server's table (src/search/result_views_test.cc).
  @Test func deepLinksAreThoseOfTheServer() throws {
    let data = try Data(contentsOf: clone.appending(path: "tests/vectors/deep_links.json"))
    let vectors = try JSONDecoder().decode([[String: String]].self, from: data)
    #expect(!vectors.isEmpty)
    for vector in vectors {
      let link = DeepLinks.link(
        source: vector["source"] ?? "", externalID: vector["external_id"] ?? "", url: vector["url"])
      #expect(link ?? "" == vector["deep_link"], "\(vector)")
    }
  }

  @Test func onlyAppsAndPagesAreOpened() throws {
    for text in ["https://shop.example/1", "http://shop.example", "depop://product/1", "VINTED://item/2"] {
      #expect(DeepLinks.isSafe(try #require(URL(string: text))), "\(text)")
    }
    for text in ["file:///etc/passwd", "javascript:alert(1)", "tel:110", "findthisfit://connect", "/items/1"] {
      #expect(!DeepLinks.isSafe(try #require(URL(string: text))), "\(text)")
    }
  }

  @Test func linksOfTheApp() throws {
    let server = try #require(ServerAddress("https://fit.example/finder"))
    let links: [AppLink] = [
      .connect(server: server, key: nil), .connect(server: server, key: "fit_a+b&c=d"), .item(id: "12"),
      .search(words: "navy coat & scarf"), .savedSearch(id: "3"), .recent(id: UUID().uuidString),
    ]
    for link in links { #expect(AppLink(link.url) == link, "\(link.url)") }
    for text in [
      "findthisfit://items/../../etc", "findthisfit://items/x", "findthisfit://connect", "findthisfit://other/1",
      "findthisfit://connect?server=ftp://x", "findthisfit://recent/7", "findthisfit://search", "mailto:a@b",
      "findthisfit://items/12345678901234567890",
    ] {
      #expect(AppLink(try #require(URL(string: text)), server: server) == nil, "\(text)")
    }
  }

  @Test func pagesOfTheServerOpenInTheApp() throws {
    let server = try #require(ServerAddress("https://fit.example/finder"))
    func link(_ text: String) throws -> AppLink? { AppLink(try #require(URL(string: text)), server: server) }
    #expect(try link("https://fit.example/finder/items/12") == .item(id: "12"))
    #expect(try link("https://fit.example/finder?q=coat") == .search(words: "coat"))
    #expect(try link("https://fit.example/finder/catalogue") == nil)
    #expect(try link("https://fit.example/finders/items/12") == nil)
    #expect(try link("https://evil.example/finder/items/12") == nil)
    #expect(try link("http://fit.example/finder/items/12") == nil)
  }

  @Test func addressesOfServers() throws {
    func text(_ typed: String) -> String? { ServerAddress(typed)?.text }
    #expect(text(" fit.example/ ") == "https://fit.example")
    #expect(text("localhost:8000") == "http://localhost:8000")
    #expect(text("192.168.1.7:8000/") == "http://192.168.1.7:8000")
    #expect(text("nas.local") == "http://nas.local")
    #expect(text("HTTPS://Fit.Example/a/?q=1#x") == "https://fit.example/a")
    for bad in ["", "ftp://fit.example", "https://", "https://user:secret@fit.example", "http://a b"] {
      #expect(text(bad) == nil, "\(bad)")
    }
    let server = try #require(ServerAddress("https://fit.example"))
    #expect(server.isEncrypted)
    #expect(server.resolve("//evil.example/x")?.host() == nil)
    #expect(server.resolve("data:text/plain,x") == nil)
    #expect(try JSONDecoder().decode(ServerAddress.self, from: JSONEncoder().encode(server)) == server)
    #expect(throws: DecodingError.self) { try JSONDecoder().decode(ServerAddress.self, from: Data(#""ftp://x""#.utf8)) }
  }

  @Test func addressesOfAListing() throws {
    func result(_ link: String?, _ url: String?) -> SearchResult {
      SearchResult(
        id: "1", source: "Depop", externalId: "a1", title: "", brand: nil, price: nil, currency: nil, size: nil,
        url: url, imageUrl: nil, images: [], deepLink: link, similarity: nil, relevance: nil, sameImage: nil,
        properties: [:])
    }
    func addresses(_ link: String?, _ url: String?) -> [String] {
      DeepLinks.addresses(of: result(link, url)).map(\.absoluteString)
    }
    #expect(
      addresses("depop://product/a1", "https://depop.example/a1") == ["depop://product/a1", "https://depop.example/a1"])
    #expect(addresses(nil, nil) == ["depop://product/a1"])
    #expect(addresses("https://x.example", "https://x.example") == ["https://x.example"])
    #expect(addresses("javascript:alert(1)", nil) == [])
  }
}
