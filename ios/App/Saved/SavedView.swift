import FindThisFitKit
import SwiftUI

/// Saved items, and saved searches with what they have found.
struct SavedView: View {
  @Environment(AppSession.self) private var session
  @Environment(Navigation.self) private var navigation

  var body: some View {
    List {
      if let saved = session.saved {
        if let problem = saved.problem {
          Label(problem.text, systemImage: "exclamationmark.triangle").foregroundStyle(Color("Bad"))
        }
        Section("Saved searches") {
          ForEach(saved.searches) { search in SavedSearchRow(search: search, saved: saved) }
          if saved.searches.isEmpty {
            Text("Save a search above its results, and you are told of new items.").foregroundStyle(.secondary)
          }
        }
        Section("Saved items") {
          LazyVGrid(columns: cardColumns, spacing: 20) {
            ForEach(saved.finds) { find in
              Button {
                navigation.show(.item(id: find.id))
              } label: {
                ResultCard(result: find.result, match: nil)
              }
              .buttonStyle(.plain)
              .contextMenu {
                Button("Remove from saved", role: .destructive) { Task { await saved.toggle(find.result) } }
              }
            }
          }
          if saved.finds.isEmpty { Text("Nothing is saved yet.").foregroundStyle(.secondary) }
        }
      }
    }
    .navigationTitle("Saved")
    .refreshable { await session.saved?.refresh() }
    .task { await session.saved?.refresh() }
  }
}

private struct SavedSearchRow: View {
  let search: SavedSearch
  let saved: SavedModel
  @Environment(Navigation.self) private var navigation

  var body: some View {
    Button {
      navigation.show(.alerts(search))
    } label: {
      HStack {
        if search.hasPhoto {
          RemoteImage(reference: search.photoUrl)
            .frame(width: 48, height: 60)
            .clipShape(RoundedRectangle(cornerRadius: 10))
            .accessibilityHidden(true)
        }
        VStack(alignment: .leading) {
          Text(verbatim: search.name)
          Text("\(search.found) found").font(.caption).foregroundStyle(.secondary)
          if search.problem != nil {
            Text("It cannot be searched at the moment.").font(.caption).foregroundStyle(Color("Bad"))
          }
        }
        Spacer()
        if !search.isActive { Image(systemName: "pause.circle").accessibilityLabel(Text("Paused")) }
      }
    }
    .swipeActions {
      Button("Remove", role: .destructive) { Task { await saved.remove(search) } }
      Button(search.isActive ? "Pause" : "Resume") { Task { await saved.setActive(!search.isActive, search) } }
    }
  }
}

/// What a saved search has found, the latest first.
struct AlertsView: View {
  let search: SavedSearch
  @Environment(AppSession.self) private var session
  @Environment(Navigation.self) private var navigation

  var body: some View {
    ScrollView {
      LazyVGrid(columns: cardColumns, spacing: 20) {
        ForEach(session.saved?.alerts[search.id] ?? []) { alert in
          if let item = alert.item {
            Button {
              navigation.show(.item(id: item.id))
            } label: {
              VStack(alignment: .leading) {
                Text(alert.event.text).font(.caption).foregroundStyle(Color("Accent"))
                ResultCard(result: SearchResult(item), match: nil)
              }
            }
            .buttonStyle(.plain)
          }
        }
      }
      .padding()
    }
    .background(Color("Ground"))
    .navigationTitle(Text(verbatim: search.name))
    .task { await session.saved?.loadAlerts(of: search) }
  }
}

extension AlertEvent {
  var text: String {
    switch self {
    case .new: String(localized: "New")
    case .priceDown: String(localized: "Price down")
    case .restock: String(localized: "Back again")
    }
  }
}
