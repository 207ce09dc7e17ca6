import AppIntents
import BackgroundTasks
import FindThisFitKit
import SwiftUI

@main
struct FindThisFitApp: App {
  @UIApplicationDelegateAdaptor(PushDelegate.self) private var pushes
  @State private var session: AppSession
  @State private var navigation: Navigation
  @State private var notifications: NotificationOpener?
  @Environment(\.scenePhase) private var phase
  private let background: BackgroundSearches

  init() {
    let background = UploadSession.open()
    let (session, navigation) = (AppSession(background: background), Navigation())
    self.background = background
    _session = State(initialValue: session)
    _navigation = State(initialValue: navigation)
    // The intents that open the app use the same objects.
    AppDependencyManager.shared.add(dependency: session)
    AppDependencyManager.shared.add(dependency: navigation)
  }

  var body: some Scene {
    WindowGroup {
      RootView()
        .environment(session)
        .environment(navigation)
        .tint(Color("Accent"))
        .task {
          notifications = NotificationOpener { link in Task { await navigation.open(link, session) } }
          pushes.follow(session)
          await session.refresh()
          if let client = session.client { await background.resume(with: client) }
        }
        .onChange(of: session.getsPushes) { pushes.askForToken() }
        .onOpenURL { url in
          guard let link = AppLink(url, server: session.services?.settings.server) else { return }
          Task { await navigation.open(link, session) }
        }
    }
    .onChange(of: phase) { _, phase in
      if phase == .background { AlertRefresh.schedule() }
      if phase == .active { Task { await AlertRefresh.look(session) } }
    }
    .backgroundTask(.appRefresh(AlertRefresh.identifier)) {
      await AlertRefresh.lookInBackground()
    }
    .backgroundTask(.urlSession(UploadSession.identifier)) { [background] in
      await background.deliver()
    }
  }
}

/// A page of the app.
enum Route: Hashable {
  case results(SearchQuery)
  case recent(RecentSearch)
  case item(id: String)
  case alerts(SavedSearch)
}

/// Which tab and which pages are shown.
@MainActor @Observable
final class Navigation {
  enum Tab: Hashable { case search, saved, settings }

  var tab = Tab.search
  var path: [Route] = []
  var offered: AppLink?  // a server that a link offers, until somebody has decided
  var isOffering: Bool {
    get { offered != nil }
    set { if !newValue { offered = nil } }
  }

  func show(_ route: Route) {
    tab = .search
    path.append(route)
  }

  /// Opens a link. A server is used only after somebody has agreed.
  func open(_ link: AppLink, _ session: AppSession) async {
    switch link {
    case .connect: offered = link
    case .item(let id): show(.item(id: id))
    case .search(let words): show(.results(SearchQuery(words: words)))
    case .savedSearch(let id): await showSavedSearch(id, session)
    case .recent(let id):
      guard let id = UUID(uuidString: id), let recent = await session.services?.recents.search(id) else { return }
      show(.recent(recent))
    }
  }

  /// What a saved search has found; where it is gone, those that there are.
  func showSavedSearch(_ id: String, _ session: AppSession) async {
    tab = .saved
    await session.saved?.refresh()
    if let search = session.saved?.searches.first(where: { $0.id == id }) { show(.alerts(search)) }
  }
}
