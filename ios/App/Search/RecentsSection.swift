import FindThisFitKit
import SwiftUI

/// The latest searches of the device. They can be shown without a network.
struct RecentsSection: View {
  let model: SearchModel
  @Environment(Navigation.self) private var navigation

  var body: some View {
    if !model.recents.isEmpty {
      VStack(alignment: .leading, spacing: 12) {
        HStack {
          Text("Recent searches").font(.headline).accessibilityAddTraits(.isHeader)
          Spacer()
          Button("Clear") { Task { await model.clearRecents() } }
        }
        ForEach(model.recents) { recent in
          Button {
            navigation.show(.recent(recent))
          } label: {
            RecentRow(recent: recent)
          }
          .buttonStyle(.plain)
          .contextMenu {
            Button("Remove", role: .destructive) { Task { await model.removeRecent(recent.id) } }
          }
        }
      }
    }
  }
}

private struct RecentRow: View {
  let recent: RecentSearch

  var body: some View {
    HStack(spacing: 12) {
      Group {
        if let photo = recent.query.photo, let image = UIImage(data: photo.data) {
          Image(uiImage: image).resizable().scaledToFill()
        } else {
          Image(systemName: "magnifyingglass")
        }
      }
      .frame(width: 48, height: 60)
      .background(Color("Sunk"))
      .clipShape(RoundedRectangle(cornerRadius: 10))
      .accessibilityHidden(true)
      VStack(alignment: .leading) {
        Text(recent.title)
        Text(recent.searchedAt, style: .relative).font(.caption).foregroundStyle(.secondary)
      }
      Spacer()
    }
    .accessibilityElement(children: .combine)
  }
}

extension RecentSearch {
  var title: String {
    if !query.text.isEmpty { return query.text }
    return query.photo == nil ? String(localized: "More like this") : String(localized: "Your photo")
  }
}
