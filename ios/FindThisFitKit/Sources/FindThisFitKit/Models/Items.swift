import Foundation

/// An image of an item. Addresses are relative to the server, or absolute. Sizes are in pixels.
public struct ItemImage: Codable, Hashable, Sendable, Identifiable {
  public let id: String
  public let url: String
  public let thumbnailUrl: String
  public let width: Int
  public let height: Int
}

/// A listing or garment of the catalogue.
public struct Item: Codable, Hashable, Sendable, Identifiable {
  public let id: String
  public let source: String
  public let externalId: String
  public let title: String
  public let description: String?
  public let brand: String?
  public let price: Double?  // in major units of currency
  public let currency: String?  // ISO 4217
  public let size: String?
  public let url: String?
  public let status: String
  public let listedAt: Date?
  public let images: [ItemImage]
  public let deepLink: String?
  public let properties: [String: String]
  public let createdAt: Date
  public let updatedAt: Date
}

/// A page of the catalogue without a query.
public struct ItemList: Codable, Hashable, Sendable {
  public let items: [Item]
  public let nextCursor: String?
  public let facets: [String: Facet]?
  public let reason: String?
}

/// The prices and statuses that an item has had, the earliest first.
public struct ItemHistory: Codable, Hashable, Sendable {
  public struct Entry: Codable, Hashable, Sendable {
    public let since: Date
    public let price: Double?
    public let currency: String?
    public let status: String
  }

  public let itemId: String
  public let history: [Entry]
}
