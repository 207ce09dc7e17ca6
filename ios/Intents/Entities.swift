import AppIntents
import FindThisFitKit
import Foundation

/// An item of the catalogue, for Siri, Shortcuts, Spotlight and Visual Intelligence.
struct ItemEntity: AppEntity, IndexedEntity {
  static let typeDisplayRepresentation = TypeDisplayRepresentation(name: "Item")
  static let defaultQuery = ItemQuery()

  let id: String
  let title: String
  let subtitle: String
  let thumbnail: Data?

  var displayRepresentation: DisplayRepresentation {
    DisplayRepresentation(
      title: "\(title)", subtitle: "\(subtitle)", image: thumbnail.map { DisplayRepresentation.Image(data: $0) })
  }

  init(_ result: SearchResult, thumbnail: Data?) {
    id = result.id
    title = result.titleText
    subtitle = [result.brand, result.priceText, result.size].compactMap { $0 }.joined(separator: " · ")
    self.thumbnail = thumbnail
  }
}

struct ItemQuery: EntityStringQuery {
  func entities(for identifiers: [String]) async throws -> [ItemEntity] {
    guard let services = Services.current() else { return [] }
    var found: [SearchResult] = []
    for id in identifiers {
      if let item = try? await services.client.item(id) { found.append(SearchResult(item)) }
    }
    return await services.entities(found)
  }

  func entities(matching string: String) async throws -> [ItemEntity] {
    guard let services = Services.current() else { return [] }
    return await services.entities(try await services.client.search(SearchQuery(words: string), limit: 10).results)
  }

  /// What somebody has saved.
  func suggestedEntities() async throws -> [ItemEntity] {
    guard let services = Services.current() else { return [] }
    return await services.entities(services.finds.all(of: services.client.server).prefix(10).map(\.result))
  }
}

/// A saved search.
struct SavedSearchEntity: AppEntity {
  static let typeDisplayRepresentation = TypeDisplayRepresentation(name: "Saved search")
  static let defaultQuery = SavedSearchQuery()

  let id: String
  let name: String
  let found: Int

  var displayRepresentation: DisplayRepresentation {
    DisplayRepresentation(title: "\(name)", subtitle: "\(found) found")
  }

  init(_ search: SavedSearch) {
    id = search.id
    name = search.name
    found = search.found
  }
}

struct SavedSearchQuery: EntityQuery {
  func entities(for identifiers: [String]) async throws -> [SavedSearchEntity] {
    try await suggestedEntities().filter { identifiers.contains($0.id) }
  }

  func suggestedEntities() async throws -> [SavedSearchEntity] {
    guard let services = Services.current() else { return [] }
    return try await services.client.savedSearches().map { SavedSearchEntity($0) }
  }
}

extension Services {
  /// The entities of results, each with its thumbnail where that comes in time.
  func entities(_ results: [SearchResult], within limit: Duration = .seconds(3)) async -> [ItemEntity] {
    let thumbnails = await images.images(results.compactMap(\.thumbnailUrl), of: client, within: limit)
    return results.map { result in ItemEntity(result, thumbnail: result.thumbnailUrl.flatMap { thumbnails[$0] }) }
  }
}
