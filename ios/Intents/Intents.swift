import AppIntents
import FindThisFitKit
import Foundation
import UniformTypeIdentifiers

/// Why an intent ends without a result, in words that Siri says.
enum IntentFailure: Error, CustomLocalizedStringResourceConvertible {
  case noServer
  case notAPhoto
  case failed(ErrorMessage)

  var localizedStringResource: LocalizedStringResource {
    switch self {
    case .noServer: "Open Find This Fit and choose your server first."
    case .notAPhoto: "This file cannot be read as a photo."
    case .failed(let message): "\(message.text)"
    }
  }
}

/// Finds items that look like the garment in an image.
struct FindLookAlikesIntent: AppIntent {
  static let title: LocalizedStringResource = "Find look-alikes"
  static let description = IntentDescription("Finds items that look like the garment in a photo.")

  @Parameter(title: "Photo", supportedContentTypes: [.image])
  var photo: IntentFile

  @Parameter(title: "Words", description: "Such as: in red, under $50")
  var words: String?

  static var parameterSummary: some ParameterSummary {
    Summary("Find look-alikes of \(\.$photo)") { \.$words }
  }

  func perform() async throws -> some IntentResult & ReturnsValue<[ItemEntity]> {
    guard let services = Services.current() else { throw IntentFailure.noServer }
    guard let photo = services.photos.photo(photo.data, for: .quickLook) else { throw IntentFailure.notAPhoto }
    let query = services.query(photo, words: words ?? "")
    do {
      let found = try await services.client.search(query, limit: 10).results
      _ = try? await services.recents.keep(query, of: services.client.server, results: found)
      return .result(value: await services.entities(found))
    } catch {
      throw IntentFailure.failed(ErrorMessage(error))
    }
  }
}

/// Opens an item in the app.
struct OpenItemIntent: OpenIntent {
  static let title: LocalizedStringResource = "Open an item"

  @Parameter(title: "Item")
  var target: ItemEntity

  @Dependency var navigation: Navigation

  @MainActor
  func perform() async throws -> some IntentResult {
    navigation.show(.item(id: target.id))
    return .result()
  }
}

/// Opens a saved search in the app.
struct SavedSearchIntent: OpenIntent {
  static let title: LocalizedStringResource = "Open a saved search"

  @Parameter(title: "Saved search")
  var target: SavedSearchEntity

  @Dependency var navigation: Navigation
  @Dependency var session: AppSession

  @MainActor
  func perform() async throws -> some IntentResult {
    await navigation.showSavedSearch(target.id, session)
    return .result()
  }
}

/// The shortcuts that exist without any set-up.
struct FindThisFitShortcuts: AppShortcutsProvider {
  static var appShortcuts: [AppShortcut] {
    AppShortcut(
      intent: FindLookAlikesIntent(),
      phrases: ["Find look-alikes with \(.applicationName)", "Find this with \(.applicationName)"],
      shortTitle: "Find look-alikes", systemImageName: "magnifyingglass")
    AppShortcut(
      intent: SavedSearchIntent(),
      phrases: ["Open \(\.$target) in \(.applicationName)", "Open my saved search in \(.applicationName)"],
      shortTitle: "Saved search", systemImageName: "bell")
  }
}
