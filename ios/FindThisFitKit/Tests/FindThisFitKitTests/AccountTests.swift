import Foundation
import Testing

@testable import FindThisFitKit

/// What belongs to a person, on a server that asks who is there. The tests share its user.
@Suite(.enabled(if: hasServers, noServers), .serialized) struct AccountTests {
  func signedIn(_ options: ClientOptions = ClientOptions()) async throws -> Client {
    let servers = try servers()
    let client = Client(server: servers.closed, options: options)
    _ = try await client.signIn(email: servers.email, password: servers.password)
    return client
  }

  @Test func withoutCredentialsNothingIsSeen() async throws {
    let client = Client(server: try servers().closed)
    let caller = try await client.caller()
    #expect(caller.kind == "anonymous" && caller.signInPossible)
    await #expect { try await client.browse(Filters()) } throws: { error in
      (error as? ClientError)?.status == 401 && ErrorMessage(error) == .signIn
    }
    let found = try await client.capabilities()
    #expect(found.canSignIn && !found.canSearch && !found.hasAccount)
  }

  @Test func aKeyIsSent() async throws {
    let client = try await closedClient()
    #expect(try await client.caller().kind == "key")
    #expect(try await client.search(SearchQuery(words: "blue")).results.isEmpty == false)
    await client.use(nil)
    #expect(try await client.caller().kind == "anonymous")
  }

  @Test func aSearchTokenIsSent() async throws {
    struct KeyWrite: Encodable {
      let name = "app"
      let scopes = ["search"]
    }
    struct Key: Decodable {
      let id: String
    }
    struct TokenOrder: Encodable {
      let keyId: String
      let limit = 2
    }
    struct Token: Decodable {
      let token: String
    }
    let owner = try await closedClient()
    let key: Key = try await owner.call(.send("POST", "/api/v1/keys", KeyWrite()))
    let token: Token = try await owner.call(.send("POST", "/api/v1/tokens", TokenOrder(keyId: key.id)))
    let client = try await closedClient(.bearer(token.token))
    #expect(try await client.capabilities().canSearch)
    #expect(try await client.search(SearchQuery(words: "blue"), limit: 2).results.count == 2)
    await #expect { try await client.search(SearchQuery(words: "blue"), limit: 3) } throws: {
      ErrorMessage($0) == .notAllowed
    }
    await #expect { try await client.item("1") } throws: { ErrorMessage($0) == .notAllowed }
  }

  @Test func signingInAndOut() async throws {
    let servers = try servers()
    let client = Client(server: servers.closed)
    await #expect { try await client.signIn(email: servers.email, password: "wrong horse") } throws: { error in
      ErrorMessage(error) == .wrongSignIn
    }
    let user = try await client.signIn(email: servers.email, password: servers.password)
    #expect(user.email == servers.email)
    guard case .session(let cookie) = await client.credential else {
      Issue.record("no session was kept")
      return
    }
    #expect(try await client.caller().kind == "user")
    #expect(try await client.capabilities().hasAccount)
    await client.signOut()
    #expect(await client.credential == nil)
    await client.use(.session(cookie: cookie))
    await #expect { try await client.favouriteLists() } throws: { ($0 as? ClientError)?.status == 401 }
  }

  @Test func favourites() async throws {
    let client = try await signedIn()
    let item = try #require(try await client.browse(Filters(), limit: 1).items.first)
    let list = try await client.makeFavouriteList("Coats \(UUID().uuidString)")
    #expect(try await client.addFavourite(item.id, to: list.id).itemIds == [item.id])
    #expect(try await client.favouriteLists().contains { $0.id == list.id })
    let kept = try await client.favouriteList(list.id).items
    #expect(kept.map(\.id) == [item.id] && kept.first?.item == item)
    try await client.removeFavourite(item.id, from: list.id)
    try await client.removeFavourite(item.id, from: list.id)  // it is gone already
    #expect(try await client.favouriteList(list.id).items.isEmpty)
  }

  @Test func feedbackOfADeviceBecomesThatOfTheAccount() async throws {
    var options = ClientOptions()
    options.deviceID = DeviceID.draw()
    let device = try await closedClient(options: options)
    let item = try #require(try await device.browse(Filters(), limit: 1).items.first)
    let given = try await device.give(.like, on: item.id)
    #expect(given.target == FeedbackTarget(kind: "item", id: item.id) && given.signal == "like")
    #expect(try await device.give(.like, on: item.id) == given)
    let account = try await signedIn(options)
    try await account.undo(given)
    try await account.undo(given)
    #expect(try await device.give(.like, on: item.id).id != given.id)
  }

  @Test func savedSearchesFindNewItems() async throws {
    let client = try await signedIn()
    let folder = temporaryFolder()
    let watch = AlertWatch(folder: folder)
    let brand = "brand-\(UUID().uuidString.lowercased())"
    var filters = Filters()
    filters.toggle(brand, of: .brand)
    let saved = try await client.save(SavedSearchWrite(name: "My brand", query: SearchQuery(filters: filters)))
    #expect(saved.isActive && saved.found == 0)
    #expect(try await watch.look(client).isEmpty)
    let id = try await add(brand: brand)
    var fresh: [FreshAlert] = []
    for _ in 0..<300 where fresh.isEmpty {
      try await Task.sleep(for: .milliseconds(100))
      fresh = try await watch.look(client)
    }
    #expect(fresh.map(\.alert.itemId) == [id])
    #expect(fresh.first?.searchName == "My brand" && fresh.first?.alert.event == .new)
    #expect(try await watch.look(client).isEmpty)
    #expect(try await client.alerts(of: saved.id).alerts.first?.item?.brand == brand)
    #expect(try await client.setActive(false, savedSearch: saved.id).isActive == false)
    try await client.removeSavedSearch(saved.id)
    #expect(try await client.savedSearches().contains { $0.id == saved.id } == false)
  }

  @Test func aDeviceIsRegisteredForPushMessages() async throws {
    let client = try await signedIn()
    #expect(try await client.capabilities().pushTopic == "org.findthisfit.app")
    let registration = PushRegistration(folder: temporaryFolder())
    #expect(await !registration.isRegistered(with: client.server))
    let token = DeviceToken(Data((0..<32).map { _ in UInt8.random(in: 0...255) }))
    #expect(token.text.count == 64)
    try await registration.register(token, with: client)
    #expect(await registration.isRegistered(with: client.server))
    let device = try await client.addDevice(token)
    try await registration.register(token, with: client)
    #expect(try await client.addDevice(token) == device)  // it is the same device
    await registration.end(with: client)
    #expect(await !registration.isRegistered(with: client.server))
    #expect(try await client.addDevice(token).id != device.id)  // the server had forgotten it
    try await client.removeDevice(device.id)
    try await client.removeDevice(device.id)  // it is gone already
  }

  @Test func whoHasNoAccountGetsNoPushMessages() async throws {
    let client = try await closedClient()
    #expect(try await client.capabilities().pushTopic == nil)
    let registration = PushRegistration(folder: temporaryFolder())
    await #expect(throws: ClientError.self) {
      try await registration.register(DeviceToken(Data(repeating: 1, count: 32)), with: client)
    }
    #expect(await !registration.isRegistered(with: client.server))
  }

  @Test func whatTheServerPushesIsNotToldTwice() async throws {
    let client = try await signedIn()
    let (pushed, told) = (AlertWatch(folder: temporaryFolder()), AlertWatch(folder: temporaryFolder()))
    let brand = "brand-\(UUID().uuidString.lowercased())"
    var filters = Filters()
    filters.toggle(brand, of: .brand)
    let saved = try await client.save(
      SavedSearchWrite(name: "Pushed", query: SearchQuery(filters: filters), channels: [.push]))
    _ = try await pushed.look(client, getsPushes: true)
    _ = try await told.look(client)
    _ = try await add(brand: brand)
    var fresh: [FreshAlert] = []
    for _ in 0..<300 where fresh.isEmpty {
      try await Task.sleep(for: .milliseconds(100))
      fresh = try await told.look(client)
    }
    #expect(fresh.map(\.searchName) == ["Pushed"])
    #expect(try await pushed.look(client, getsPushes: true).isEmpty)
    #expect(try await pushed.look(client).isEmpty)  // it was seen
    try await client.removeSavedSearch(saved.id)
  }

  /// Adds an item to the closed server and returns its id.
  func add(brand: String) async throws -> String {
    struct Write: Encodable {
      struct Image: Encodable { let imageBase64: String }
      let source = "shop"
      let externalId = UUID().uuidString
      let title = "Wool coat"
      let brand: String
      let images: [Image]
    }
    let client = try await closedClient()
    let other = try #require(try await client.browse(Filters(), limit: 1).items.first?.images.first)
    let image = try await client.image(other.url)
    let write = Write(brand: brand, images: [.init(imageBase64: image.base64EncodedString())])
    let item: Item = try await client.call(.send("POST", "/api/v1/items", write))
    return item.id
  }
}
