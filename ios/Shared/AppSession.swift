import FindThisFitKit
import Foundation
import Observation

/// The server that the app is connected to, and who is signed in. The views take everything from here.
@MainActor @Observable
final class AppSession {
  private(set) var services: Services?
  private(set) var caller: Caller?
  private(set) var capabilities: Capabilities?
  private(set) var saved: SavedModel?
  private(set) var problem: ErrorMessage?

  /// Searches that go on without the app; nil in extensions.
  let background: BackgroundSearches?

  init(services: Services? = Services.current(), background: BackgroundSearches? = nil) {
    self.services = services
    self.background = background
    makeModels()
  }

  var client: Client? { services?.client }

  /// Whether the server reaches this very app by Apple's push service.
  var getsPushes: Bool {
    capabilities?.pushTopic.map { $0 == Bundle.main.bundleIdentifier } ?? false
  }

  /// Uses another server. Its key, if it has one, goes into the Keychain.
  func connect(_ settings: ServerSettings, key: String? = nil) async {
    ServerSettings.store(settings)
    let services = Services(settings)
    if let key { await services.client.use(.bearer(key)) }
    background?.use(services.trust)
    self.services = services
    await refresh()
  }

  /// Leaves the server, and removes everything of it from the device.
  func disconnect() async {
    background?.removeAll()
    if let services {
      await services.pushes.end(with: services.client)
      await services.client.signOut()
      await services.recents.removeAll()
      await services.images.removeAll()
      await services.watch.forget()
      services.finds.removeAll()
    }
    ServerSettings.store(nil)
    DeviceName.forget()
    Learnt.findsGarments = false
    services = nil
    caller = nil
    capabilities = nil
    saved = nil
  }

  /// Asks the server who is there and what it can do.
  func refresh() async {
    guard let client else { return }
    do {
      caller = try await client.caller()
      let found = try await client.capabilities()
      capabilities = found
      Learnt.findsGarments = found.canDetect
      problem = nil
    } catch {
      problem = ErrorMessage(error)
    }
    makeModels()
  }

  /// Nil: the user is signed in. Otherwise the reason why not.
  func signIn(email: String, password: String, code: String?) async -> ErrorMessage? {
    guard let client else { return .unreachable }
    do {
      _ = try await client.signIn(email: email, password: password, code: code)
    } catch {
      return ErrorMessage(error)
    }
    await refresh()
    return nil
  }

  func signOut() async {
    if let services { await services.pushes.end(with: services.client) }
    background?.removeAll()
    await client?.signOut()
    services?.finds.removeAll()
    await services?.recents.removeAll()
    await refresh()
  }

  private func makeModels() {
    saved = services.map {
      SavedModel(client: $0.client, device: $0.finds, hasAccount: capabilities?.hasAccount ?? false)
    }
  }
}
