import Foundation

/// A search that was made on this device, with the first page of its results.
public struct RecentSearch: Codable, Hashable, Sendable, Identifiable {
  public let id: UUID
  public let server: ServerAddress
  public let query: SearchQuery
  public let results: [SearchResult]
  public let searchedAt: Date
}

/// The latest searches of the device, which can be shown without a network. The app and its extensions share the folder.
public actor RecentSearches {
  /// The number of searches that are kept, each with its photo: at most 20 of 1,024 pixels, some megabytes.
  public static let most = 20

  private let folder: URL

  public init(folder: URL) { self.folder = folder }

  /// Keeps a search and its first results. An equal query of the same server is replaced.
  @discardableResult
  public func keep(_ query: SearchQuery, of server: ServerAddress, results: [SearchResult], at date: Date = .now) throws
    -> RecentSearch
  {
    for old in all() where old.query == query && old.server == server { file(of: old.id).remove() }
    let search = RecentSearch(id: UUID(), server: server, query: query, results: results, searchedAt: date)
    try file(of: search.id).write(search)
    for old in all().dropFirst(RecentSearches.most) { file(of: old.id).remove() }
    return search
  }

  /// All of them, the latest first.
  public func all() -> [RecentSearch] {
    let names = (try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []
    let found = names.compactMap { name in
      UUID(uuidString: String(name.prefix { $0 != "." })).flatMap { file(of: $0).read() }
    }
    return found.sorted { $0.searchedAt > $1.searchedAt }
  }

  public func search(_ id: UUID) -> RecentSearch? { file(of: id).read() }

  /// The latest search with this query.
  public func search(like query: SearchQuery, of server: ServerAddress) -> RecentSearch? {
    all().first { $0.query == query && $0.server == server }
  }

  public func remove(_ id: UUID) { file(of: id).remove() }

  public func removeAll() { try? FileManager.default.removeItem(at: folder) }

  private func file(of id: UUID) -> JSONFile<RecentSearch> {
    JSONFile(url: folder.appending(path: "\(id.uuidString).json"))
  }
}
