import AppIntents
import CoreSpotlight
import FindThisFitKit

/// Saved items in Spotlight, and nothing else of the catalogue.
enum SpotlightIndex {
  private static let most = 100

  static func replace(_ finds: [SavedFind], _ services: Services?) async {
    let index = CSSearchableIndex.default()
    // Without an index the pieces are found in the app only.
    try? await index.deleteAppEntities(ofType: ItemEntity.self)
    guard let services, !finds.isEmpty else { return }
    try? await index.indexAppEntities(await services.entities(finds.prefix(SpotlightIndex.most).map(\.result)))
  }
}
