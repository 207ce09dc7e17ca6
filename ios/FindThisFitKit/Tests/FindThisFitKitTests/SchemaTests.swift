import Foundation
import Testing

@testable import FindThisFitKit

/// The models of responses are read from values that the document allows, and have no member that it lacks.
@Suite struct SchemaTests {
  let schemas: [String: JSONValue]

  init() throws { schemas = try JSONSchema.document() }

  func schema(_ name: String) throws -> JSONSchema { JSONSchema(try #require(schemas[name]), in: schemas) }

  /// `unread` are the members that the app has no use for. A new member of the API fails here until it is read or listed.
  func hold<Model: Codable>(_ type: Model.Type, to name: String, unread: Set<String> = []) throws {
    let schema = try schema(name)
    let full = schema.sample(full: true)
    #expect(schema.problems(full).isEmpty)
    let least = schema.sample(full: false)
    #expect(schema.problems(least).isEmpty)
    _ = try decode(type, least, name)
    let model = try decode(type, full, name)
    let members = try JSONDecoder().decode([String: JSONValue].self, from: APICoding.encoder().encode(model))
    let read = Set(members.keys)
    #expect(read.subtracting(schema.properties.keys).isEmpty, "\(name) has no such members")
    #expect(Set(schema.properties.keys).subtracting(read) == unread, "members of \(name) that are not read")
  }

  func decode<Model: Decodable>(_ type: Model.Type, _ value: JSONValue, _ name: String) throws -> Model {
    do {
      return try APICoding.decoder().decode(type, from: JSONEncoder().encode(value))
    } catch {
      Issue.record("\(name): \(error)")
      throw error
    }
  }

  /// Holds the body of a request.
  func hold(_ body: some Encodable, toRequest name: String) throws {
    let value = try JSONDecoder().decode(JSONValue.self, from: APICoding.encoder().encode(body))
    #expect(try schema(name).problems(value).isEmpty, "\(name)")
  }

  @Test func responses() throws {
    try hold(ItemImage.self, to: "Image")
    try hold(Item.self, to: "Item", unread: ["property_origins"])
    try hold(ItemList.self, to: "ItemList")
    try hold(ItemHistory.self, to: "ItemHistory")
    try hold(
      SearchResponse.self, to: "SearchResponse",
      unread: ["merged_by", "tenants", "partial", "fusion", "experiment", "sorted"])
    try hold(SearchResult.self, to: "SearchResult", unread: ["explain", "tenant"])
    try hold(PhotoBox.self, to: "PhotoBox")
    try hold(DetectedGarment.self, to: "DetectedGarment")
    try hold(Detection.self, to: "Detection")
    try hold(Facet.self, to: "Facet", unread: ["currency", "histogram"])
    try hold(
      ReadAs.self, to: "ReadAs",
      unread: ["price_range", "price_currency", "properties", "denied_brands", "denied_words"])
    try hold(Caller.self, to: "Caller", unread: ["user"])
    try hold(
      User.self, to: "User",
      unread: ["has_password", "has_totp", "keeps_history", "created_at", "last_seen_at", "disabled_at"])
    try hold(FavouriteList.self, to: "FavouriteList")
    try hold(FavouriteLists.self, to: "FavouriteLists")
    try hold(Favourite.self, to: "Favourite")
    try hold(FavouriteListWithItems.self, to: "FavouriteListWithItems")
    try hold(Feedback.self, to: "Feedback", unread: ["value", "key", "context", "tenant"])
    try hold(FeedbackMerged.self, to: "FeedbackMerged")
    try hold(
      SavedSearch.self, to: "SavedSearch",
      unread: [
        "min_relevance", "exclude_words", "time_zone", "quiet_hours", "email", "is_confirmed", "updated_at",
      ])
    try hold(SavedSearchList.self, to: "SavedSearchList")
    try hold(SearchAlert.self, to: "Alert")
    try hold(AlertList.self, to: "AlertList")
    try hold(
      NotificationSettings.self, to: "NotificationSettings",
      unread: [
        "email", "is_confirmed", "is_paused", "pause_reason", "vapid_public_key", "push_subscriptions",
        "devices", "webhook_secret",
      ])
    try hold(PushDevice.self, to: "PushDevice")
    try hold(Problem.self, to: "Problem", unread: ["reasons", "error", "trace_id"])
  }

  @Test func requests() throws {
    var filters = Filters(lowestPrice: 5, highestPrice: 80.5)
    for name in FilterName.allCases { filters.toggle("one", of: name) }
    try hold(filters, toRequest: "Filters")
    var query = SearchQuery(itemID: "7", words: "wool coat", filters: filters)
    query.colour = "red"
    query.like = ["1"]
    query.unlike = ["2"]
    query.usesTaste = true
    for sort in ResultOrder.allCases {
      query.sort = sort
      try hold(SearchFields(query: query, cursor: "AQ", facets: Client.facets), toRequest: "Search")
    }
    query.photo = Photo(Data([0xFF, 0xD8]))
    for part in [PhotoPart.box(PhotoBox(CropBox.whole)), .garment(0), .mostProminent] {
      query.part = part
      try hold(SearchFields(query: query), toRequest: "Search")
    }
    try hold(Login(email: "a", password: "b", totp: "123456"), toRequest: "Login")
    try hold(FavouriteListWrite(name: "Coats"), toRequest: "FavouriteListWrite")
    try hold(FavouriteWrite(itemId: "7"), toRequest: "FavouriteWrite")
    for signal in FeedbackSignal.allCases {
      try hold(FeedbackWrite(target: FeedbackTarget(kind: "item", id: "7"), signal: signal), toRequest: "FeedbackWrite")
    }
    try hold(FeedbackMerge(deviceId: DeviceID.draw()), toRequest: "FeedbackMerge")
    let search = SavedSearchWrite(
      name: "Coats", query: query, events: AlertEvent.allCases, maxPrice: 80, channels: [.email, .push],
      email: "a@fit.example"
    )
    try hold(search, toRequest: "SavedSearchWrite")
    let token = DeviceToken(Data(repeating: 0x0A, count: 32))
    try hold(PushDeviceWrite(token: token.text), toRequest: "PushDeviceWrite")
    try hold(SavedSearchPatch(isActive: false), toRequest: "SavedSearchPatch")
  }

  @Test func fieldsOfTheForm() throws {
    var query = SearchQuery(words: "coat", filters: Filters(highestPrice: 80))
    query.like = ["1", "2"]
    query.photo = Photo(Data([0xFF, 0xD8]))
    query.part = .garment(1)
    let fields = try SearchFields(query: query, cursor: "AQ", facets: ["brand"]).formFields()
    let known = try schema("SearchForm").properties
    #expect(fields.allSatisfy { known[$0.name] != nil })
    #expect(fields.first { $0.name == "filters" }?.value == #"{"price_range":[null,80]}"#)
    #expect(fields.first { $0.name == "like" }?.value == #"["1","2"]"#)
    #expect(fields.first { $0.name == "collapse_duplicates" }?.value == "true")
    #expect(fields.first { $0.name == "limit" }?.value == "24")
  }

  @Test func facetsAreThoseOfTheServer() throws {
    let facets = try #require(schema("Search").properties["facets"])
    let known = JSONSchema(facets, in: schemas).definition["items"]?["enum"]?.array?.compactMap(\.string) ?? []
    #expect(Set(Client.facets).isSubset(of: known))
  }
}
