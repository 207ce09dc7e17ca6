import Foundation
import Testing

@testable import FindThisFitKit

@MainActor @Suite(.enabled(if: hasServers, noServers)) struct ResultsModelTests {
  let folder = temporaryFolder()

  @Test func resultsPageByPage() async throws {
    let model = ResultsModel(client: try openClient(), recents: RecentSearches(folder: folder))
    #expect(model.state == .idle)
    var query = SearchQuery(words: "clothes")
    query.showsWeakMatches = true
    await model.show(query)
    #expect(model.state == .shown && model.results.count == SearchQuery.pageSize && model.hasMore)
    #expect(model.facets["category"] != nil && model.readAs != nil)
    await model.loadMore()
    #expect(model.results.count == 2 * SearchQuery.pageSize)
    #expect(Set(model.results.map(\.id)).count == model.results.count)
    let all = model.results.count
    await model.change { $0.filters.highestPrice = 20 }
    #expect(model.results.allSatisfy { ($0.price ?? 0) <= 20 } && model.results.count < all)
    let id = try #require(model.results.first?.id)
    await model.change { $0.toggle(id, in: \.like) }
    #expect(!model.results.contains { $0.id == id })
    #expect(await RecentSearches(folder: folder).all().count == 3)
  }

  @Test func theCatalogueWithoutAQuery() async throws {
    let model = ResultsModel(client: try openClient())
    await model.show(SearchQuery())
    #expect(model.state == .shown && model.results.count == SearchQuery.pageSize)
    await model.loadMore()
    #expect(model.results.count > SearchQuery.pageSize)
    #expect(model.results.allSatisfy { model.match(of: $0) == nil })
  }

  @Test func aPhotoReportsItsProgress() async throws {
    let client = try openClient()
    let item = try #require(try await client.browse(Filters(), limit: 1).items.first)
    let photo = try #require(Photo(try await client.image(item.images[0].url)))
    let model = ResultsModel(client: client)
    await model.show(SearchQuery(photo: photo))
    #expect(model.results.first?.id == item.id && !model.predicted.isEmpty)
    #expect(model.results.first.flatMap(model.match(of:)) == .exact)
  }

  @Test func withoutANetworkEarlierResultsAreShown() async throws {
    let recents = RecentSearches(folder: folder)
    let query = SearchQuery(words: "blue")
    let before = ResultsModel(client: try openClient(), recents: recents)
    await before.show(query)
    var options = ClientOptions()
    options.retry = .never
    let offline = Client(server: try servers().open, transport: FlakyTransport([], next: nil), options: options)
    let model = ResultsModel(client: offline, recents: recents)
    await model.show(query)
    #expect(model.state == .shown && model.results == before.results && model.foundEarlier != nil)
    #expect(!model.hasMore)
    await model.show(SearchQuery(words: "never searched"))
    #expect(model.state == .failed(.unreachable))
    let recent = try #require(await recents.all().first)
    await model.show(recent)
    #expect(model.results == recent.results)
  }

  @Test func onlyTheLastQueryIsShown() async throws {
    let model = ResultsModel(client: try openClient())
    async let first: Void = model.show(SearchQuery(words: "red"))
    async let second: Void = model.show(SearchQuery(words: "blue"))
    _ = await (first, second)
    #expect(model.state == .shown)
    #expect(model.readAs?.text == model.query.words)
  }

  @Test func refusalsAreTold() async throws {
    let model = ResultsModel(client: Client(server: try servers().closed))
    await model.show(SearchQuery(words: "coat"))
    #expect(model.state == .failed(.signIn))
    await model.again()
    #expect(model.state == .failed(.signIn))
  }
}

@MainActor @Suite(.enabled(if: hasServers, noServers)) struct ItemModelTests {
  @Test func anItemWithAlikes() async throws {
    let client = try openClient()
    let item = try #require(try await client.browse(Filters(), limit: 1).items.first)
    let model = ItemModel(id: item.id, client: client)
    await model.load()
    #expect(model.state == .shown && model.item == item)
    #expect(!model.alikes.contains { $0.id == item.id })
    #expect(model.addresses.isEmpty == (item.deepLink == nil && item.url == nil))
  }

  @Test func anItemThatIsGone() async throws {
    let gone = ItemModel(id: "999999999", client: try openClient())
    await gone.load()
    #expect(gone.state == .gone && gone.addresses.isEmpty)
    let refused = ItemModel(id: "1", client: Client(server: try servers().closed))
    await refused.load()
    #expect(refused.state == .failed(.signIn))
  }

  @Test func likesAreTakenBack() async throws {
    var options = ClientOptions()
    options.deviceID = DeviceID.draw()
    let client = try openClient(options)
    let item = try #require(try await client.browse(Filters(), limit: 1).items.first)
    let model = ItemModel(id: item.id, client: client)
    await model.give(.like)
    #expect(model.given?.signal == "like")
    await model.give(.dislike)
    #expect(model.given?.signal == "dislike")
    await model.give(.dislike)
    #expect(model.given == nil)
  }
}

@MainActor @Suite(.enabled(if: hasServers, noServers), .serialized) struct SavedModelTests {
  let folder = temporaryFolder()

  @Test func withoutAnAccountTheDeviceKeepsItems() async throws {
    let client = try openClient()
    let found = try await client.browse(Filters(), limit: 2).items.map { SearchResult($0) }
    let model = SavedModel(client: client, device: SavedFinds(folder: folder), hasAccount: false)
    #expect(await model.toggle(found[0]))
    #expect(await model.toggle(found[1]))
    #expect(model.isSaved(found[0].id))
    let again = SavedModel(client: client, device: SavedFinds(folder: folder), hasAccount: false)
    #expect(again.finds.map(\.id) == [found[1].id, found[0].id])
    #expect(await again.toggle(found[1]) == false)
    #expect(!again.isSaved(found[1].id))
  }

  @Test func anAccountKeepsItems() async throws {
    let servers = try servers()
    let client = Client(server: servers.closed)
    _ = try await client.signIn(email: servers.email, password: servers.password)
    let found = try #require(try await client.browse(Filters(), limit: 1).items.first.map { SearchResult($0) })
    let model = SavedModel(client: client, device: SavedFinds(folder: folder), hasAccount: true)
    await model.refresh()
    if model.isSaved(found.id) { await model.toggle(found) }
    #expect(await model.toggle(found))
    let elsewhere = SavedModel(client: client, device: SavedFinds(folder: temporaryFolder()), hasAccount: true)
    await elsewhere.refresh()
    #expect(elsewhere.problem == nil && elsewhere.isSaved(found.id))
    #expect(await elsewhere.toggle(found) == false)
  }

  @Test func whatTheServerRefusesIsNotShown() async throws {
    let client = Client(server: try servers().closed)
    let model = SavedModel(client: client, device: SavedFinds(folder: folder), hasAccount: true)
    let item = try #require(try await openClient().browse(Filters(), limit: 1).items.first)
    #expect(await model.toggle(SearchResult(item)) == false)
    #expect(model.problem == .signIn && model.finds.isEmpty)
    await model.refresh()
    #expect(model.problem == .signIn && !model.isLoading)
  }

  @Test func savedSearches() async throws {
    let servers = try servers()
    let client = Client(server: servers.closed)
    _ = try await client.signIn(email: servers.email, password: servers.password)
    let model = SavedModel(client: client, device: SavedFinds(folder: folder), hasAccount: true)
    let saved = try #require(await model.save(SavedSearchWrite(name: "Coats", query: SearchQuery(words: "wool coat"))))
    await model.setActive(false, saved)
    #expect(model.searches.first?.isActive == false)
    await model.loadAlerts(of: saved)
    #expect(model.alerts[saved.id] == [])
    #expect(await model.save(SavedSearchWrite(name: "", query: SearchQuery())) == nil)
    #expect(model.problem == .invalid)
    await model.remove(saved)
    #expect(!model.searches.contains { $0.id == saved.id } && model.problem == nil)
  }
}
