import Foundation

/// A named list of items that a user keeps.
public struct FavouriteList: Codable, Hashable, Sendable, Identifiable {
  public let id: String
  public let tenant: String
  public let name: String
  public let createdAt: Date
  public let itemIds: [String]  // the latest first
}

struct FavouriteLists: Codable, Sendable {
  let lists: [FavouriteList]
}

/// An item of a list. It has no `item` when the item is gone.
public struct Favourite: Codable, Hashable, Sendable, Identifiable {
  public let itemId: String
  public let addedAt: Date
  public let isGone: Bool
  public let item: Item?

  public var id: String { itemId }
}

/// A list with its items.
public struct FavouriteListWithItems: Codable, Hashable, Sendable, Identifiable {
  public let id: String
  public let tenant: String
  public let name: String
  public let createdAt: Date
  public let itemIds: [String]
  public let items: [Favourite]
}

struct FavouriteListWrite: Codable, Sendable {
  let name: String
}

struct FavouriteWrite: Codable, Sendable {
  let itemId: String
}
