import BackgroundTasks
import FindThisFitKit
import Foundation
import UserNotifications

/// Looks for what saved searches have found, when the app is opened and when the system lets it refresh in the
/// background, and tells by notifications what the server does not push.
enum AlertRefresh {
  static let identifier = "org.findthisfit.app.alerts"
  private static let interval: TimeInterval = 2 * 60 * 60

  static func schedule() {
    let request = BGAppRefreshTaskRequest(identifier: identifier)
    request.earliestBeginDate = Date.now.addingTimeInterval(interval)
    try? BGTaskScheduler.shared.submit(request)  // refused where the person has switched refreshing off
  }

  static func askForPermission() async {
    _ = try? await UNUserNotificationCenter.current().requestAuthorization(options: [.alert, .sound, .badge])
  }

  @MainActor
  static func look(_ session: AppSession) async {
    if let services = session.services { await look(services) }
  }

  static func lookInBackground() async {
    schedule()
    if let services = Services.current() { await look(services) }
  }

  private static func look(_ services: Services) async {
    let getsPushes = await services.pushes.isRegistered(with: services.client.server)
    guard let fresh = try? await services.watch.look(services.client, getsPushes: getsPushes) else {
      return  // the next look finds the same
    }
    for alert in fresh { await tell(alert) }
  }

  private static func tell(_ fresh: FreshAlert) async {
    let content = UNMutableNotificationContent()
    content.title = fresh.searchName
    content.body = [
      fresh.alert.event.text, fresh.alert.item.map { SearchResult($0).titleText },
      formattedPrice(fresh.alert.price, fresh.alert.currency),
    ]
    .compactMap { $0 }.joined(separator: " · ")
    content.sound = .default
    content.threadIdentifier = fresh.searchID
    content.userInfo = ["url": AppLink.item(id: fresh.alert.itemId).url.absoluteString]
    let request = UNNotificationRequest(identifier: fresh.id, content: content, trigger: nil)
    try? await UNUserNotificationCenter.current().add(request)
  }
}
