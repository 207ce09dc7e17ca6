import Foundation
import Testing

@testable import FindThisFitKit

#if canImport(FoundationNetworking)
  import FoundationNetworking
#endif

/// Searches that go on without the app. The session is a usual one: Linux has no background sessions.
@Suite(.enabled(if: hasServers, noServers)) struct BackgroundTests {
  let folder = temporaryFolder()
  let recents = RecentSearches(folder: temporaryFolder())

  func searches() -> BackgroundSearches {
    BackgroundSearches(recents: recents, folder: folder, configuration: SessionTransport.configuration())
  }

  func photo() async throws -> (Photo, itemID: String) {
    let client = try openClient()
    let item = try #require(try await client.browse(Filters(), limit: 1).items.first)
    return (try #require(Photo(try await client.image(item.images[0].url))), item.id)
  }

  func wait(_ what: Comment, until holds: () async -> Bool) async throws {
    for _ in 0..<600 {
      if await holds() { return }
      try await Task.sleep(for: .milliseconds(50))
    }
    Issue.record(what)
  }

  /// Ends a session as the end of the app does. Foundation on Linux ends the process when a task is cancelled while it
  /// ends by itself, so that the one there is has ended before.
  func leave(_ searches: BackgroundSearches) async throws {
    try await wait("the attempt did not end") { searches.endings.count == 1 }
    searches.invalidate()
  }

  @Test func whatIsFoundIsAmongTheRecentSearches() async throws {
    let (photo, itemID) = try await photo()
    let searches = searches()
    let query = SearchQuery(photo: photo)
    try await searches.begin(query, with: openClient())
    try await wait("the search was not answered") { await !recents.all().isEmpty }
    let found = try #require(await recents.search(like: query, of: try servers().open))
    #expect(found.results.first?.id == itemID)
    try await wait("the form was not removed") { searches.pending.isEmpty }
    #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path).isEmpty)
  }

  @Test func aSearchSurvivesTheEndOfTheApp() async throws {
    let (photo, itemID) = try await photo()
    let nowhere = Client(server: try #require(ServerAddress("http://127.0.0.1:9")))
    let ended = searches()
    try await ended.begin(SearchQuery(photo: photo), with: nowhere)
    try await leave(ended)
    #expect(ended.pending.count == 1)
    // The next start is that of another server: what belonged to the first one is forgotten.
    let other = searches()
    await other.resume(with: try openClient())
    #expect(other.pending.isEmpty)
    // A search of this server that its session never sent.
    try await other.begin(SearchQuery(photo: photo), with: openClient(), sends: false)
    other.invalidate()
    let next = searches()
    #expect(next.pending.count == 1)
    #expect(await recents.all().isEmpty)
    await next.resume(with: try openClient())
    try await wait("the search was not sent again") { await !recents.all().isEmpty }
    #expect(await recents.all().first?.results.first?.id == itemID)
    try await wait("the form was not removed") { next.pending.isEmpty }
  }

  @Test func aServerThatIsAwayIsTriedAtThreeStarts() async throws {
    let (photo, _) = try await photo()
    let nowhere = Client(server: try #require(ServerAddress("http://127.0.0.1:9")))
    let first = searches()
    try await first.begin(SearchQuery(photo: photo), with: nowhere)
    try await leave(first)
    for attempt in 2...4 {
      let next = searches()
      #expect(next.pending.count == 1)
      await next.resume(with: nowhere)
      #expect(next.pending.count == (attempt <= BackgroundSearches.mostAttempts ? 1 : 0))
      if attempt <= BackgroundSearches.mostAttempts { try await leave(next) }
    }
    #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path).isEmpty)
  }

  @Test(arguments: [true, false]) func theSystemIsToldWhenAllIsKept(_ waitsFirst: Bool) async throws {
    let (photo, _) = try await photo()
    let searches = searches()
    try await searches.begin(SearchQuery(photo: photo), with: openClient())
    try await wait("the search was not answered") { searches.pending.isEmpty }
    // As the system does it on a device: the end of events comes before or after the app waits for it.
    if waitsFirst {
      async let delivered: Void = searches.deliver()
      try await wait("nobody waited") { searches.endings.isAwaited }
      searches.endings.deliveredAll()
      await delivered
    } else {
      searches.endings.deliveredAll()
      await searches.deliver()
    }
    #expect(await recents.all().count == 1)
  }

  @Test func whatTheServerRefusesIsForgotten() async throws {
    let photo = try #require(Photo(Data([0xFF, 0xD8, 0xFF, 0xE0]) + Data(repeating: 7, count: 100)))
    let searches = searches()
    try await searches.begin(SearchQuery(photo: photo), with: openClient())
    try await wait("the refusal did not come") { searches.pending.isEmpty }
    #expect(await recents.all().isEmpty)
    // Without a photo there is nothing to send.
    try await searches.begin(SearchQuery(words: "coat"), with: openClient())
    #expect(searches.pending.isEmpty)
    searches.removeAll()
  }
}
