import Foundation

/// An item that somebody has kept.
public struct SavedFind: Codable, Hashable, Sendable, Identifiable {
  public let result: SearchResult
  public let savedAt: Date

  public var id: String { result.id }
}

/// The kept items on this device, which the widget shows: of somebody without an account all there are, otherwise a copy
/// of the server's lists.
public struct SavedFinds: Sendable {
  private struct Content: Codable, Sendable {
    var server: ServerAddress
    var finds: [SavedFind]
  }

  /// The number of items that are kept, as many as in a list of the server.
  public static let most = 500

  private let file: JSONFile<Content>

  public init(folder: URL) { file = JSONFile(url: folder.appending(path: "saved-finds.json")) }

  /// The kept items of a server, the latest first.
  public func all(of server: ServerAddress) -> [SavedFind] {
    guard let content = file.read(), content.server == server else { return [] }
    return content.finds
  }

  public func replace(_ finds: [SavedFind], of server: ServerAddress) throws {
    try file.write(Content(server: server, finds: Array(finds.prefix(SavedFinds.most))))
  }

  public func removeAll() { file.remove() }
}
