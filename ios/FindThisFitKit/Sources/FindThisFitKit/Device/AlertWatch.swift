import Foundation

/// An alert that nobody was told of yet.
public struct FreshAlert: Hashable, Sendable, Identifiable {
  public let searchID: String
  public let searchName: String
  public let alert: SearchAlert

  public var id: String { alert.id }
}

/// Finds out what saved searches have found since the last look. The app looks when it is opened and when the system lets
/// it refresh in the background, and tells by notifications of the device.
public actor AlertWatch {
  /// The largest number of alerts of one search that are told at once.
  public static let mostPerSearch = 5

  private struct Seen: Codable, Sendable {
    var server: ServerAddress
    var lastAlerts: [String: String]  // the id of the latest alert by saved search
  }

  private let file: JSONFile<Seen>

  public init(folder: URL) { file = JSONFile(url: folder.appending(path: "seen-alerts.json")) }

  /// The alerts since the last look, the latest first. The first look at a search tells nothing: it begins there. Where
  /// the device `getsPushes`, nothing is told of searches whose alerts the server pushes.
  public func look(_ client: Client, getsPushes: Bool = false) async throws -> [FreshAlert] {
    var seen = file.read() ?? Seen(server: client.server, lastAlerts: [:])
    if seen.server != client.server { seen = Seen(server: client.server, lastAlerts: [:]) }
    var fresh: [FreshAlert] = []
    let searches = try await client.savedSearches()
    for search in searches {
      let last = seen.lastAlerts[search.id]
      guard search.found > 0 || last == nil else { continue }
      let alerts =
        search.found > 0 ? try await client.alerts(of: search.id, limit: AlertWatch.mostPerSearch).alerts : []
      if let last, !(getsPushes && search.channels.contains(.push)) {
        fresh += alerts.filter { AlertWatch.isAfter($0.id, last) }
          .map { FreshAlert(searchID: search.id, searchName: search.name, alert: $0) }
      }
      seen.lastAlerts[search.id] = alerts.first?.id ?? last ?? "0"
    }
    let known = Set(searches.map(\.id))
    seen.lastAlerts = seen.lastAlerts.filter { known.contains($0.key) }
    try file.write(seen)
    return fresh.sorted { AlertWatch.isAfter($0.alert.id, $1.alert.id) }
  }

  public func forget() { file.remove() }

  /// Ids are decimal numbers that count up.
  private static func isAfter(_ id: String, _ other: String) -> Bool {
    (id.count, id) > (other.count, other)
  }
}
