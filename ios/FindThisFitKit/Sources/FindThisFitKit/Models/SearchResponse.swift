/// A page of results, best first.
public struct SearchResponse: Codable, Hashable, Sendable {
  public let results: [SearchResult]
  public let tookMs: Double
  public let embeddingProvider: String
  public let nextCursor: String?
  public let readAs: ReadAs?
  public let reason: String?
  public let facets: [String: Facet]?
  public let predictedProperties: [String: Prediction]?
  public let searchedBox: PhotoBox?  // the part of the photo that was searched with; nil: all of it
}

/// An item that was found.
public struct SearchResult: Codable, Hashable, Sendable, Identifiable {
  public let id: String
  public let source: String
  public let externalId: String
  public let title: String
  public let brand: String?
  public let price: Double?  // in major units of currency
  public let currency: String?  // ISO 4217
  public let size: String?
  public let url: String?
  public let imageUrl: String?  // the image that is most like the query
  public let images: [ItemImage]
  public let deepLink: String?
  public let similarity: Double?  // cosine, -1 to 1; 1 is best
  public let relevance: Double?  // a probability
  public let sameImage: Bool?
  public let properties: [String: String]
}

extension SearchResult {
  /// An item of the catalogue that was found without a query.
  public init(_ item: Item) {
    self.init(
      id: item.id, source: item.source, externalId: item.externalId, title: item.title, brand: item.brand,
      price: item.price, currency: item.currency, size: item.size, url: item.url, imageUrl: item.images.first?.url,
      images: item.images, deepLink: item.deepLink, similarity: nil, relevance: nil, sameImage: nil,
      properties: item.properties)
  }

  /// What is seen of the item, in the server's words, such as "Brown shirt"; empty where nothing is known.
  public var seen: String {
    let words = [properties["primary_color"], properties["subcategory"] ?? properties["category"]]
    let text = words.compactMap { $0 }.filter { !$0.isEmpty }.joined(separator: " ")
    return text.prefix(1).uppercased() + text.dropFirst()
  }

  /// The thumbnail of the image that is most like the query, or else of the first image.
  public var thumbnailUrl: String? {
    (images.first { $0.url == imageUrl } ?? images.first)?.thumbnailUrl ?? imageUrl
  }
}

/// What the model sees in the photo, with its confidence from 0 to 1.
public struct Prediction: Codable, Hashable, Sendable {
  public let value: String
  public let confidence: Double
}

/// How many of the items that match have each value of a column.
public struct Facet: Codable, Hashable, Sendable {
  public struct Value: Codable, Hashable, Sendable {
    public let value: String
    public let count: Int
  }

  public let values: [Value]?
  public let others: Int?
  public let missing: Int
  public let min: Double?  // of prices
  public let max: Double?
}

/// How the server has read the words of a query.
public struct ReadAs: Codable, Hashable, Sendable {
  public struct Correction: Codable, Hashable, Sendable {
    public let from: String
    public let to: String
  }

  public let text: String
  public let corrected: [Correction]?
  public let suggested: [Correction]?
  public let givenUp: [String: [String]]?
}
