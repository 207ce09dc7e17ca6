import FindThisFitKit
import SwiftUI
import UIKit
import WidgetKit

/// The home-screen widget: the latest saved items. It reads what the app has left in the shared folder, and fetches only
/// thumbnails that are not there.
@main
struct SavedFindsWidget: Widget {
  var body: some WidgetConfiguration {
    StaticConfiguration(kind: "org.findthisfit.saved", provider: SavedFindsProvider()) { entry in
      SavedFindsView(entry: entry).containerBackground(Color("Ground"), for: .widget)
    }
    .configurationDisplayName("Saved items")
    .description("The latest items that you have saved.")
    .supportedFamilies([.systemSmall, .systemMedium, .systemLarge])
  }
}

struct SavedFindsEntry: TimelineEntry {
  struct Piece: Identifiable {
    let find: SavedFind
    let thumbnail: Data?
    var id: String { find.id }
  }

  let date: Date
  let pieces: [Piece]
}

struct SavedFindsProvider: TimelineProvider {
  private static let most = 4

  func placeholder(in context: Context) -> SavedFindsEntry { SavedFindsEntry(date: .now, pieces: []) }

  func getSnapshot(in context: Context, completion: @escaping @Sendable (SavedFindsEntry) -> Void) {
    Task { completion(await entry()) }
  }

  func getTimeline(in context: Context, completion: @escaping @Sendable (Timeline<SavedFindsEntry>) -> Void) {
    // The app reloads the widget when something is saved.
    Task { completion(Timeline(entries: [await entry()], policy: .never)) }
  }

  private func entry() async -> SavedFindsEntry {
    guard let services = Services.current() else { return SavedFindsEntry(date: .now, pieces: []) }
    var pieces: [SavedFindsEntry.Piece] = []
    for find in services.finds.all(of: services.client.server).prefix(SavedFindsProvider.most) {
      let thumbnail = find.result.thumbnailUrl
      let data =
        if let thumbnail { try? await services.images.image(thumbnail, of: services.client) } else { Data?.none }
      pieces.append(SavedFindsEntry.Piece(find: find, thumbnail: data))
    }
    return SavedFindsEntry(date: .now, pieces: pieces)
  }
}

struct SavedFindsView: View {
  let entry: SavedFindsEntry
  @Environment(\.widgetFamily) private var family

  var body: some View {
    if entry.pieces.isEmpty {
      Text("Nothing is saved yet.").foregroundStyle(.secondary)
    } else {
      HStack {
        ForEach(entry.pieces.prefix(family == .systemSmall ? 1 : 4)) { piece in
          Link(destination: AppLink.item(id: piece.id).url) { PieceView(piece: piece) }
        }
      }
      .widgetURL(smallWidgetURL)
    }
  }

  /// A small widget has no links: all of it opens its piece.
  private var smallWidgetURL: URL? {
    family == .systemSmall ? entry.pieces.first.map { AppLink.item(id: $0.id).url } : nil
  }
}

private struct PieceView: View {
  let piece: SavedFindsEntry.Piece

  var body: some View {
    VStack(alignment: .leading) {
      if let data = piece.thumbnail, let image = UIImage(data: data) {
        Image(uiImage: image).resizable().scaledToFill().clipShape(RoundedRectangle(cornerRadius: 10))
      }
      Text(piece.find.result.priceText ?? piece.find.result.titleText).font(.caption).lineLimit(1)
    }
    .accessibilityElement(children: .ignore)
    .accessibilityLabel(Text(piece.find.result.spoken(nil)))
  }
}
