import AppIntents
import FindThisFitKit
import SwiftUI
import WidgetKit

/// The tabs, or the page on which a server is chosen.
struct RootView: View {
  @Environment(AppSession.self) private var session
  @Environment(Navigation.self) private var navigation

  var body: some View {
    @Bindable var navigation = navigation
    Group {
      if session.services == nil {
        NavigationStack { ConnectView() }
      } else {
        TabView(selection: $navigation.tab) {
          Tab("Search", systemImage: "magnifyingglass", value: Navigation.Tab.search) { SearchTab() }
          Tab("Saved", systemImage: "heart", value: Navigation.Tab.saved) { NavigationStack { SavedView() } }
          Tab("Settings", systemImage: "gearshape", value: Navigation.Tab.settings) {
            NavigationStack { SettingsView() }
          }
        }
        .tabViewStyle(.sidebarAdaptable)
      }
    }
    .onChange(of: session.saved?.finds) { _, finds in
      WidgetCenter.shared.reloadAllTimelines()
      Task { await SpotlightIndex.replace(finds ?? [], session.services) }
    }
    .onChange(of: session.saved?.searches) {
      // Phrases for Siri name the saved searches.
      FindThisFitShortcuts.updateAppShortcutParameters()
    }
    .alert("Use this server?", isPresented: $navigation.isOffering, presenting: navigation.offered) { link in
      Button("Use it") { Task { await accept(link) } }
      Button("Cancel", role: .cancel) { navigation.offered = nil }
    } message: { link in
      if case .connect(let server, _) = link { Text(verbatim: server.text) }
    }
  }

  private func accept(_ link: AppLink) async {
    guard case .connect(let server, let key) = link else { return }
    navigation.offered = nil
    navigation.path = []
    await session.disconnect()
    await session.connect(ServerSettings(server: server), key: key)
  }
}

/// The search page and the pages that it leads to.
struct SearchTab: View {
  @Environment(AppSession.self) private var session
  @Environment(Navigation.self) private var navigation

  var body: some View {
    @Bindable var navigation = navigation
    NavigationStack(path: $navigation.path) {
      if let services = session.services {
        SearchView(services: services)
          .navigationDestination(for: Route.self) { route in
            switch route {
            case .results(let query): ResultsView(services: services, query: query)
            case .recent(let recent): ResultsView(services: services, recent: recent)
            case .item(let id): ItemView(services: services, id: id)
            case .alerts(let search): AlertsView(search: search)
            }
          }
      }
    }
  }
}
