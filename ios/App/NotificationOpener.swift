import FindThisFitKit
import Foundation
import UserNotifications

/// Opens the item of a notification that somebody taps.
@MainActor
final class NotificationOpener: NSObject, UNUserNotificationCenterDelegate {
  private let open: @MainActor (AppLink) -> Void

  init(open: @escaping @MainActor (AppLink) -> Void) {
    self.open = open
    super.init()
    UNUserNotificationCenter.current().delegate = self
  }

  nonisolated func userNotificationCenter(
    _ center: UNUserNotificationCenter, didReceive response: UNNotificationResponse,
    withCompletionHandler completionHandler: @escaping () -> Void
  ) {
    defer { completionHandler() }  // at once: the system wants it on the thread that it has called on
    let text = response.notification.request.content.userInfo["url"] as? String
    guard let link = text.flatMap(URL.init(string:)).flatMap({ AppLink($0) }) else { return }
    Task { @MainActor in open(link) }
  }

  nonisolated func userNotificationCenter(
    _ center: UNUserNotificationCenter, willPresent notification: UNNotification,
    withCompletionHandler completionHandler: @escaping (UNNotificationPresentationOptions) -> Void
  ) {
    completionHandler([.banner, .list])
  }
}
