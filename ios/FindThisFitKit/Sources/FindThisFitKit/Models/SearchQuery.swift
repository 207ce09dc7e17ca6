import Foundation

/// The photo of a query as it is sent.
public struct Photo: Codable, Hashable, Sendable {
  /// The largest photo that the server accepts.
  public static let mostBytes = 20 << 20

  public let data: Data
  public let kind: PhotoKind

  /// Nil: the data is no photo, or too large.
  public init?(_ data: Data) {
    guard let kind = PhotoKind(data), data.count <= Photo.mostBytes else { return nil }
    self.data = data
    self.kind = kind
  }
}

public enum ResultOrder: String, Codable, CaseIterable, Sendable {
  case relevance
  case newest
  case cheapest = "price_asc"
  case dearest = "price_desc"
}

/// What a person searches for: a photo or an item, words, examples, and conditions. Without any of the first four the
/// catalogue is listed, the latest items first.
public struct SearchQuery: Codable, Hashable, Sendable {
  /// The largest number of items to resemble, and to avoid.
  public static let mostExamples = 20
  public static let pageSize = 24

  public var photo: Photo?
  public var part: PhotoPart?  // of the photo; nil: all of it
  public var itemID: String?  // more like this item; a photo takes precedence
  public var words = ""
  public var colour: String?  // "this, but in red"
  public var like: [String] = []
  public var unlike: [String] = []
  public var filters = Filters()
  public var sort = ResultOrder.relevance
  public var showsWeakMatches = false
  public var showsDuplicates = false
  public var usesTaste = false

  public init(photo: Photo? = nil, itemID: String? = nil, words: String = "", filters: Filters = Filters()) {
    self.photo = photo
    self.itemID = itemID
    self.words = words
    self.filters = filters
  }

  public var hasExample: Bool { photo != nil || itemID != nil }
  public var isEmpty: Bool { !hasExample && text.isEmpty && like.isEmpty }

  var ofWholePhoto: SearchQuery {
    var query = self
    query.part = nil
    return query
  }

  /// The text of the query: "this but in red" beside an example, "navy coat" alone.
  public var text: String {
    let words = words.trimmingCharacters(in: .whitespacesAndNewlines)
    guard let colour else { return words }
    return words.isEmpty ? "this but in \(colour)" : "\(words) in \(colour)"
  }

  /// Adds an item to those that results should resemble or avoid, or takes it back. An item is never in both lists.
  public mutating func toggle(_ id: String, in list: WritableKeyPath<SearchQuery, [String]>) {
    let isThere = self[keyPath: list].contains(id)
    like.removeAll { $0 == id }
    unlike.removeAll { $0 == id }
    if !isThere { self[keyPath: list] = (self[keyPath: list] + [id]).suffix(SearchQuery.mostExamples) }
  }

  /// The share of the taste in the order of the results, as in the web app.
  static let tasteWeight = 0.3
}

/// The fields of a query as the API has them, without the photo, which is sent as a file.
struct SearchFields: Encodable {
  let query: SearchQuery
  var limit = SearchQuery.pageSize
  var cursor: String?
  var facets: [String]?

  private enum Key: String, CodingKey {
    case itemId, text, filters, limit, cursor, facets, like, unlike, match, sort, weights, collapseDuplicates
    case box, garment, detect
  }

  func encode(to encoder: any Encoder) throws {
    var fields = encoder.container(keyedBy: Key.self)
    if query.photo == nil { try fields.encodeIfPresent(query.itemID, forKey: .itemId) }
    if !query.text.isEmpty { try fields.encode(query.text, forKey: .text) }
    if !query.filters.isEmpty { try fields.encode(query.filters, forKey: .filters) }
    if !query.like.isEmpty { try fields.encode(query.like, forKey: .like) }
    if !query.unlike.isEmpty { try fields.encode(query.unlike, forKey: .unlike) }
    if !query.showsWeakMatches { try fields.encode("close", forKey: .match) }
    if query.sort != .relevance { try fields.encode(query.sort, forKey: .sort) }
    if query.usesTaste { try fields.encode(["taste": SearchQuery.tasteWeight], forKey: .weights) }
    if !query.showsDuplicates { try fields.encode(true, forKey: .collapseDuplicates) }
    if query.photo != nil, let part = query.part { try encode(part, in: &fields) }
    try fields.encode(limit, forKey: .limit)
    try fields.encodeIfPresent(cursor, forKey: .cursor)
    try fields.encodeIfPresent(facets, forKey: .facets)
  }

  private func encode(_ part: PhotoPart, in fields: inout KeyedEncodingContainer<Key>) throws {
    switch part {
    case .box(let box): try fields.encode([box.left, box.top, box.right, box.bottom], forKey: .box)
    case .garment(let index): try fields.encode(index, forKey: .garment)
    case .mostProminent: try fields.encode("auto", forKey: .detect)
    }
  }

  /// The same as fields of a form: lists and objects are JSON texts, and a box has commas only.
  func formFields() throws -> [(name: String, value: String)] {
    let members = try JSONDecoder().decode([String: JSONValue].self, from: APICoding.encoder().encode(self))
    return try members.sorted { $0.key < $1.key }.map { name, value in
      if case .string(let text) = value { return (name, text) }
      if name == Key.box.rawValue, let sides = value.numbers {
        return (name, sides.map { "\($0)" }.joined(separator: ","))
      }
      return (name, String(decoding: try APICoding.encoder().encode(value), as: UTF8.self))
    }
  }
}
