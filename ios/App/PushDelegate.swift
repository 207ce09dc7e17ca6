import FindThisFitKit
import Foundation
import UIKit

/// Gets the token of this device from Apple's push service, where the server reaches this app, and gives it to the server.
@MainActor
final class PushDelegate: NSObject, UIApplicationDelegate {
  private var session: AppSession?

  func follow(_ session: AppSession) {
    self.session = session
    askForToken()
  }

  /// The token may be another one after each start, and nobody is asked for it: permission is for what is shown.
  func askForToken() {
    if session?.getsPushes == true { UIApplication.shared.registerForRemoteNotifications() }
  }

  func application(
    _ application: UIApplication, didRegisterForRemoteNotificationsWithDeviceToken deviceToken: Data
  ) {
    guard let services = session?.services else { return }
    // Without it this device looks for alerts itself, and the next start tries again.
    Task { try? await services.pushes.register(DeviceToken(deviceToken), with: services.client) }
  }
}
