import Foundation
import Testing

@testable import FindThisFitKit

#if canImport(FoundationNetworking)
  import FoundationNetworking
#endif

/// What is kept on the device.
@Suite struct DeviceTests {
  let folder = temporaryFolder()
  let server: ServerAddress

  init() throws { server = try #require(ServerAddress("https://fit.example")) }

  func result(_ id: String) -> SearchResult {
    SearchResult(
      id: id, source: "s", externalId: id, title: "Coat", brand: nil, price: 5, currency: "EUR", size: nil, url: nil,
      imageUrl: nil, images: [], deepLink: nil, similarity: 0.5, relevance: nil, sameImage: nil,
      properties: ["fit": "slim"])
  }

  @Test func recentSearches() async throws {
    let recents = RecentSearches(folder: folder)
    for number in 1...25 {
      let date = Date(timeIntervalSince1970: Double(number))
      try await recents.keep(SearchQuery(words: "coat \(number)"), of: server, results: [result("1")], at: date)
    }
    var all = await RecentSearches(folder: folder).all()
    #expect(all.count == RecentSearches.most && all.first?.query.words == "coat 25")
    #expect(all.first?.results == [result("1")])
    let again = try await recents.keep(SearchQuery(words: "coat 20"), of: server, results: [], at: .now)
    all = await recents.all()
    #expect(all.first == again && all.filter { $0.query.words == "coat 20" }.count == 1)
    #expect(await recents.search(like: SearchQuery(words: "coat 20"), of: server)?.id == again.id)
    let other = try #require(ServerAddress("https://other.example"))
    #expect(await recents.search(like: SearchQuery(words: "coat 20"), of: other) == nil)
    await recents.remove(again.id)
    #expect(await recents.search(again.id) == nil)
    try Data("damaged".utf8).write(to: folder.appending(path: "\(UUID().uuidString).json"))
    #expect(await recents.all().count == RecentSearches.most - 1)
    await recents.removeAll()
    #expect(await recents.all().isEmpty)
  }

  @Test func savedFinds() throws {
    let finds = SavedFinds(folder: folder)
    #expect(finds.all(of: server).isEmpty)
    let many = (1...600).map { SavedFind(result: result("\($0)"), savedAt: .now) }
    try finds.replace(many, of: server)
    #expect(finds.all(of: server).count == SavedFinds.most)
    #expect(finds.all(of: server).first?.id == "1")
    #expect(finds.all(of: try #require(ServerAddress("https://other.example"))).isEmpty)
    finds.removeAll()
    #expect(finds.all(of: server).isEmpty)
  }

  @Test func imagesAreFetchedOnce() async throws {
    let transport = RecordingTransport(HTTPAnswer(status: 200, body: Data(count: 400)))
    let client = Client(server: server, transport: transport)
    let cache = ImageCache(folder: folder, mostBytes: 1_000)
    #expect(try await cache.image("/images/1", of: client).count == 400)
    _ = try await cache.image("/images/1", of: client)
    #expect(await transport.requests.count == 1)
    // Three images are more than the folder may have: the one that was not shown for longest goes.
    let first = try #require(try FileManager.default.contentsOfDirectory(atPath: folder.path).first)
    try FileManager.default.setAttributes(
      [.modificationDate: Date.distantPast], ofItemAtPath: folder.appending(path: first).path)
    for number in 2...3 { _ = try await cache.image("/images/\(number)", of: client) }
    let left = try FileManager.default.contentsOfDirectory(atPath: folder.path)
    #expect(left.count == 2 && !left.contains(first))
    let long = "/images/" + String(repeating: "x", count: 300)
    for _ in 0..<2 { _ = try await cache.image(long, of: client) }
    #expect(await transport.requests.count == 5)
    await cache.removeAll()
    _ = try await cache.image("/images/3", of: client)
    #expect(await transport.requests.count == 6)
  }

  @Test func imagesThatComeTooLateAreLeftOut() async throws {
    let client = Client(server: server, transport: StallingTransport(slow: "/images/3"))
    let cache = ImageCache(folder: folder)
    let start = ContinuousClock.now
    let found = await cache.images(
      ["/images/1", "/images/2", "/images/2", "/images/3"], of: client, within: .milliseconds(300))
    #expect(Set(found.keys) == ["/images/1", "/images/2"])
    #expect(ContinuousClock.now - start < .seconds(150))  // less than the slow one, on a busy machine too
    // Nothing is waited for when everything is there, or when there is nothing.
    #expect(await cache.images(["/images/1", "/images/2"], of: client, within: .seconds(600)).count == 2)
    #expect(await cache.images([], of: client, within: .seconds(600)).isEmpty)
  }
}

/// Answers at once, and one path after minutes only.
private struct StallingTransport: Transport {
  let slow: String

  func send(_ request: URLRequest, file: URL?, progress: UploadProgress?) async throws -> HTTPAnswer {
    if request.url?.path() == slow { try await Task.sleep(for: .seconds(300)) }
    return HTTPAnswer(status: 200, body: Data(count: 10))
  }
}
