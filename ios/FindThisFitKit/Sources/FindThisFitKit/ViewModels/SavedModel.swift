import Foundation
import Observation

/// What somebody has saved: items, and searches with what they have found.
@MainActor @Observable
public final class SavedModel {
  public private(set) var finds: [SavedFind] = []  // the latest first
  public private(set) var searches: [SavedSearch] = []
  public private(set) var alerts: [String: [SearchAlert]] = [:]  // by saved search, the latest first
  public private(set) var isLoading = false
  public private(set) var problem: ErrorMessage?

  private let client: Client
  private let device: SavedFinds
  private let hasAccount: Bool
  private var list: String?  // the favourite list of the account that the app adds to

  /// The name of the list that the app makes for an account that has none.
  public static let listName = "Favourites"

  public init(client: Client, device: SavedFinds, hasAccount: Bool) {
    self.client = client
    self.device = device
    self.hasAccount = hasAccount
    finds = device.all(of: client.server)
  }

  public func isSaved(_ id: String) -> Bool { finds.contains { $0.id == id } }

  /// Reads everything again. What is on the device stays when the server cannot be reached.
  public func refresh() async {
    isLoading = true
    defer { isLoading = false }
    await attempt {
      if self.hasAccount { try await self.readFavourites() }
      self.searches = try await self.client.savedSearches()
    }
  }

  /// Saves an item, or takes it back. Returns whether it is saved now.
  @discardableResult
  public func toggle(_ result: SearchResult) async -> Bool {
    let wasSaved = isSaved(result.id)
    let before = finds
    if wasSaved {
      finds.removeAll { $0.id == result.id }
    } else {
      finds.insert(SavedFind(result: result, savedAt: .now), at: 0)
    }
    if hasAccount {
      let done = await attempt {
        let list = try await self.favouriteList()
        if wasSaved {
          try await self.client.removeFavourite(result.id, from: list)
        } else {
          _ = try await self.client.addFavourite(result.id, to: list)
        }
      }
      if !done { finds = before }
    }
    try? device.replace(finds, of: client.server)
    return isSaved(result.id)
  }

  /// Saves a search. Nil: it was refused; `problem` says why.
  public func save(_ search: SavedSearchWrite) async -> SavedSearch? {
    var saved: SavedSearch?
    await attempt {
      let search = try await self.client.save(search)
      self.searches.insert(search, at: 0)
      saved = search
    }
    return saved
  }

  public func setActive(_ isActive: Bool, _ search: SavedSearch) async {
    await attempt {
      let changed = try await self.client.setActive(isActive, savedSearch: search.id)
      self.searches = self.searches.map { $0.id == changed.id ? changed : $0 }
    }
  }

  public func remove(_ search: SavedSearch) async {
    await attempt {
      try await self.client.removeSavedSearch(search.id)
      self.searches.removeAll { $0.id == search.id }
      self.alerts[search.id] = nil
    }
  }

  public func loadAlerts(of search: SavedSearch) async {
    await attempt { self.alerts[search.id] = try await self.client.alerts(of: search.id).alerts }
  }

  private func readFavourites() async throws {
    var found: [SavedFind] = []
    let lists = try await client.favouriteLists()
    list = lists.first?.id
    for one in lists {
      for favourite in try await client.favouriteList(one.id).items {
        guard let item = favourite.item, !found.contains(where: { $0.id == item.id }) else { continue }
        found.append(SavedFind(result: SearchResult(item), savedAt: favourite.addedAt))
      }
    }
    finds = found.sorted { $0.savedAt > $1.savedAt }
    try? device.replace(finds, of: client.server)
  }

  private func favouriteList() async throws -> String {
    if let list { return list }
    let made: String
    if let first = try await client.favouriteLists().first {
      made = first.id
    } else {
      made = try await client.makeFavouriteList(SavedModel.listName).id
    }
    list = made
    return made
  }

  @discardableResult
  private func attempt(_ work: () async throws -> Void) async -> Bool {
    do {
      try await work()
      problem = nil
      return true
    } catch is CancellationError {
      return false
    } catch {
      problem = ErrorMessage(error)
      return false
    }
  }
}
