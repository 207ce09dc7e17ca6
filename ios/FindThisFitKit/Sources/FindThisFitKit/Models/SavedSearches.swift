import Foundation

public enum AlertEvent: String, Codable, CaseIterable, Sendable {
  case new
  case priceDown = "price_down"
  case restock
}

/// Where alerts go, besides the feed and what this app finds itself.
public struct AlertChannel: Codable, Hashable, Sendable {
  public let type: String  // email, push, webhook or ntfy
  public let url: String?

  public static let email = AlertChannel(type: "email", url: nil)
  /// Browsers, and the devices that the server reaches by Apple's push service.
  public static let push = AlertChannel(type: "push", url: nil)
}

/// A query that the server compares with new items.
public struct SavedSearch: Codable, Hashable, Sendable, Identifiable {
  public let id: String
  public let name: String
  public let query: [String: JSONValue]
  public let hasPhoto: Bool
  public let photoUrl: String?
  public let events: [AlertEvent]
  public let maxPrice: Double?
  public let channels: [AlertChannel]
  public let schedule: String
  public let isActive: Bool
  public let problem: String?  // why it cannot be compared with items
  public let createdAt: Date
  public let feedUrl: String
  public let found: Int
  public let lastFoundAt: Date?
}

struct SavedSearchList: Codable, Sendable {
  let savedSearches: [SavedSearch]
}

/// A search to save.
public struct SavedSearchWrite: Encodable, Sendable {
  public var name: String
  public var query: SearchQuery
  public var events: [AlertEvent]
  public var maxPrice: Double?
  public var channels: [AlertChannel]
  public var email: String?  // of a caller without an account

  public init(
    name: String, query: SearchQuery, events: [AlertEvent] = [.new, .priceDown], maxPrice: Double? = nil,
    channels: [AlertChannel] = [], email: String? = nil
  ) {
    self.name = name
    self.query = query
    self.events = events
    self.maxPrice = maxPrice
    self.channels = channels
    self.email = email
  }

  private enum Key: CodingKey { case name, query, events, maxPrice, channels, email }
  private enum QueryKey: CodingKey { case imageBase64, itemId, text, filters, like, unlike }

  public func encode(to encoder: any Encoder) throws {
    var search = encoder.container(keyedBy: Key.self)
    try search.encode(name, forKey: .name)
    try search.encode(events, forKey: .events)
    try search.encodeIfPresent(maxPrice, forKey: .maxPrice)
    try search.encode(channels, forKey: .channels)
    try search.encodeIfPresent(email, forKey: .email)
    var body = search.nestedContainer(keyedBy: QueryKey.self, forKey: .query)
    if let photo = query.photo {
      try body.encode(photo.data.base64EncodedString(), forKey: .imageBase64)
    } else {
      try body.encodeIfPresent(query.itemID, forKey: .itemId)
    }
    if !query.text.isEmpty { try body.encode(query.text, forKey: .text) }
    if !query.filters.isEmpty { try body.encode(query.filters, forKey: .filters) }
    if !query.like.isEmpty { try body.encode(query.like, forKey: .like) }
    if !query.unlike.isEmpty { try body.encode(query.unlike, forKey: .unlike) }
  }
}

struct SavedSearchPatch: Codable, Sendable {
  let isActive: Bool
}

/// Something that a saved search has found. It has no `item` when the item is gone.
public struct SearchAlert: Codable, Hashable, Sendable, Identifiable {
  public let id: String
  public let event: AlertEvent
  public let itemId: String
  public let item: Item?
  public let isGone: Bool
  public let price: Double?
  public let oldPrice: Double?
  public let currency: String
  public let createdAt: Date
}

public struct AlertList: Codable, Hashable, Sendable {
  public let alerts: [SearchAlert]
  public let nextCursor: String?
}
