import Foundation
import Testing

@testable import FindThisFitKit

/// Searches of a real server.
@Suite(.enabled(if: hasServers, noServers)) struct SearchTests {
  /// An item with an image, and the image's bytes.
  func example(_ client: Client) async throws -> (Item, Photo) {
    let item = try #require(try await client.browse(Filters(), limit: 5).items.last { !$0.images.isEmpty })
    let image = try await client.image(item.images[0].url)
    return (item, try #require(Photo(image)))
  }

  @Test func byPhoto() async throws {
    let client = try openClient()
    let (item, photo) = try await example(client)
    let sent = Collected<Double>()
    let found = try await client.search(SearchQuery(photo: photo)) { sent.add($0) }
    let best = try #require(found.results.first)
    #expect(best.id == item.id)
    #expect(best.sameImage == true)
    #expect(try #require(best.similarity) > 0.99)
    #expect(Match(best, hasExample: true) == .exact)
    #expect(found.predictedProperties?["category"] != nil)
    #expect(found.facets?["category"]?.values?.isEmpty == false)
    #expect(sent.values.last == 1)
    #expect(zip(sent.values, sent.values.dropFirst()).allSatisfy { $0 <= $1 })
  }

  @Test func thisButInAnotherColour() async throws {
    let client = try openClient()
    var filters = Filters()
    filters.toggle("sample", of: .source)
    filters.toggle("tops", of: .category)
    let tops = try await client.browse(filters)
    let item = try #require(tops.items.first)
    let colours = tops.facets?["primary_color"]?.values?.map(\.value) ?? []
    let other = try #require(colours.first { $0 != item.properties["primary_color"] })
    var query = SearchQuery(photo: try #require(Photo(try await client.image(item.images[0].url))), filters: filters)
    query.colour = other
    query.showsWeakMatches = true
    let found = try await client.search(query)
    #expect(found.readAs?.text == "this but in \(other)")
    #expect(found.results.first?.properties["primary_color"] == other)
  }

  @Test func byItemAndWords() async throws {
    let client = try openClient()
    let (item, _) = try await example(client)
    var query = SearchQuery(itemID: item.id)
    query.showsWeakMatches = true
    let alike = try await client.search(query)
    #expect(!alike.results.isEmpty)
    #expect(!alike.results.contains { $0.id == item.id })
    let words = try await client.search(SearchQuery(words: "blue"))
    #expect(words.results.allSatisfy { $0.similarity.map { (-1...1).contains($0) } ?? true })
    #expect(!words.results.isEmpty)
  }

  @Test func pagesHaveEveryItemOnce() async throws {
    let client = try openClient()
    var query = SearchQuery(words: "clothes")
    query.showsWeakMatches = true
    query.showsDuplicates = true
    var seen: [String] = []
    var cursor: String?
    repeat {
      let page = try await client.search(query, cursor: cursor, limit: 20)
      #expect((page.facets == nil) == (cursor != nil))
      seen += page.results.map(\.id)
      cursor = page.nextCursor
    } while cursor != nil && seen.count < 400
    #expect(seen.count >= 60)
    #expect(Set(seen).count == seen.count)
  }

  @Test func filtersAndPrices() async throws {
    let client = try openClient()
    let colours = try #require(try await client.browse(Filters()).facets?["primary_color"]?.values)
    let colour = try #require(colours.first)
    var filters = Filters(highestPrice: 60)
    filters.toggle(colour.value, of: .primaryColor)
    let page = try await client.browse(filters, limit: 100)
    #expect(!page.items.isEmpty)
    #expect(page.items.allSatisfy { $0.properties["primary_color"] == colour.value && ($0.price ?? 0) <= 60 })
    var query = SearchQuery(words: "clothes", filters: Filters(lowestPrice: 1))
    query.showsWeakMatches = true
    query.sort = .cheapest
    let prices = try await client.search(query).results.compactMap(\.price)
    #expect(!prices.isEmpty && prices == prices.sorted())
  }

  @Test func anItemWithItsHistory() async throws {
    let client = try openClient()
    let (item, _) = try await example(client)
    #expect(try await client.item(item.id) == item)
    #expect(try await client.history(of: item.id).itemId == item.id)
  }

  @Test func problemsAreTyped() async throws {
    let client = try openClient()
    await #expect { try await client.item("999999999") } throws: { error in
      guard case .problem(let problem) = error as? ClientError else { return false }
      return problem.status == 404 && problem.code == "not_found" && ErrorMessage(error) == .notFound
    }
    let query = SearchQuery(itemID: "no number")
    await #expect { try await client.search(query) } throws: { error in
      guard case .problem(let problem) = error as? ClientError else { return false }
      return problem.status == 422 && problem.field == "item_id" && ErrorMessage(error) == .invalid
    }
    let broken = try #require(Photo(Data([0xFF, 0xD8, 0xFF, 0xE0]) + Data(repeating: 0, count: 200)))
    await #expect { try await client.search(SearchQuery(photo: broken)) } throws: { error in
      ErrorMessage(error) == .notAPhoto
    }
  }

  @Test func aServerThatIsNotThere() async throws {
    let nobody = try #require(ServerAddress("http://127.0.0.1:9"))
    var options = ClientOptions()
    options.retry = .never
    let client = Client(server: nobody, options: options)
    await #expect { try await client.caller() } throws: { ErrorMessage($0) == .unreachable }
  }

  @Test func aCancelledSearchEnds() async throws {
    let client = try openClient()
    let task = Task { try await client.search(SearchQuery(words: "coat")) }
    task.cancel()
    await #expect(throws: CancellationError.self) { try await task.value }
  }

  @Test func capabilitiesOfAnOpenServer() async throws {
    let found = try await openClient().capabilities()
    #expect(found.canSearch && found.canReadItems && !found.hasAccount)
  }
}

/// Searches with photos that people took at home.
@Suite(.enabled(if: TestServers.shared?.photoFolder != nil, "../shared/data/photos or the servers are not there"))
struct RealPhotoTests {
  func photo(_ path: String) throws -> Photo {
    let folder = URL(filePath: try #require(try servers().photoFolder))
    return try #require(Photo(try Data(contentsOf: folder.appending(path: path))))
  }

  func paths(_ part: String, of kind: String, count: Int) throws -> [String] {
    let folder = URL(filePath: try #require(try servers().photoFolder)).appending(path: "\(part)/\(kind)")
    let names = try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted()
    return names.prefix(count).map { "\(part)/\(kind)/\($0)" }
  }

  @Test(arguments: ["dress", "pants", "shoes"]) func aPhotoFindsItsOwnItem(_ kind: String) async throws {
    let client = try openClient()
    for path in try paths("train", of: kind, count: 3) {
      let found = try await client.search(SearchQuery(photo: try photo(path)))
      let best = try #require(found.results.first)
      #expect(best.sameImage == true, "\(path)")
    }
  }

  @Test(arguments: ["dress", "pants", "shoes"]) func aNewPhotoFindsAlikes(_ kind: String) async throws {
    let client = try openClient()
    let photo = try photo(try #require(paths("validation", of: kind, count: 1).first))
    var query = SearchQuery(photo: photo)
    query.showsWeakMatches = true
    let found = try await client.search(query, limit: 10)
    #expect(found.results.count == 10)
    let similarities = found.results.compactMap(\.similarity)
    #expect(similarities.count == 10 && similarities.allSatisfy { (-1...1).contains($0) })
    #expect(found.results.allSatisfy { $0.sameImage != true })
  }
}
