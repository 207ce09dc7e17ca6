import Foundation

// Favourites, feedback, saved searches and their alerts.
extension Client {
  public func favouriteLists() async throws -> [FavouriteList] {
    let lists: FavouriteLists = try await call(.get("/api/v1/favourites"))
    return lists.lists
  }

  public func favouriteList(_ id: String) async throws -> FavouriteListWithItems {
    try await call(.get("/api/v1/favourites/\(id)"))
  }

  public func makeFavouriteList(_ name: String) async throws -> FavouriteList {
    try await call(.send("POST", "/api/v1/favourites", FavouriteListWrite(name: name)))
  }

  public func addFavourite(_ itemID: String, to listID: String) async throws -> FavouriteList {
    try await call(
      .send("POST", "/api/v1/favourites/\(listID)/items", FavouriteWrite(itemId: itemID), isRepeatable: true))
  }

  public func removeFavourite(_ itemID: String, from listID: String) async throws {
    try await remove("/api/v1/favourites/\(listID)/items/\(itemID)")
  }

  /// Gives feedback on an item. Giving it again changes nothing.
  public func give(_ signal: FeedbackSignal, on itemID: String) async throws -> Feedback {
    let feedback = FeedbackWrite(target: FeedbackTarget(kind: "item", id: itemID), signal: signal)
    var endpoint = try Endpoint.send("POST", "/api/v1/feedback", feedback, isRepeatable: true)
    endpoint.namesDevice = true
    return try await call(endpoint)
  }

  public func undo(_ feedback: Feedback) async throws {
    var endpoint = Endpoint.delete("/api/v1/feedback/\(feedback.id)")
    endpoint.namesDevice = true
    try await remove(endpoint)
  }

  public func savedSearches() async throws -> [SavedSearch] {
    let list: SavedSearchList = try await call(.get("/api/v1/saved-searches"))
    return list.savedSearches
  }

  public func save(_ search: SavedSearchWrite) async throws -> SavedSearch {
    try await call(.send("POST", "/api/v1/saved-searches", search))
  }

  public func setActive(_ isActive: Bool, savedSearch id: String) async throws -> SavedSearch {
    try await call(
      .send("PATCH", "/api/v1/saved-searches/\(id)", SavedSearchPatch(isActive: isActive), isRepeatable: true))
  }

  public func removeSavedSearch(_ id: String) async throws { try await remove("/api/v1/saved-searches/\(id)") }

  /// What a saved search has found, the latest first.
  public func alerts(of id: String, cursor: String? = nil, limit: Int = 50) async throws -> AlertList {
    try await call(.get("/api/v1/saved-searches/\(id)/alerts", ["limit": "\(limit)", "cursor": cursor]))
  }

  private func remove(_ path: String) async throws { try await remove(.delete(path)) }

  /// Removes something. It has succeeded, too, when somebody else has removed it meanwhile.
  private func remove(_ endpoint: Endpoint) async throws {
    do {
      try await answer(to: endpoint)
    } catch let error as ClientError where error.status == 404 {
    }
  }
}
