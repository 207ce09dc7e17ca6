import FindThisFitKit
import Foundation
import UIKit

/// The background session in which a search by photo goes on when somebody leaves the app before it is answered.
enum UploadSession {
  static let identifier = "org.findthisfit.app.uploads"

  /// To be called once in a process, also in one that the system has started for the events of the session.
  static func open() -> BackgroundSearches {
    let configuration = URLSessionConfiguration.background(withIdentifier: identifier)
    configuration.isDiscretionary = false
    configuration.sessionSendsLaunchEvents = true
    configuration.httpShouldSetCookies = false
    configuration.httpCookieAcceptPolicy = .never
    configuration.timeoutIntervalForResource = 60 * 60
    return BackgroundSearches(
      recents: RecentSearches(folder: AppGroup.recents), folder: AppGroup.folder.appending(path: "uploads"),
      configuration: configuration, trust: Services.current()?.trust)
  }
}
