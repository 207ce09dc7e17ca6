import Foundation

/// The columns by whose values results are filtered, in the order in which they are shown.
public enum FilterName: String, Codable, CaseIterable, Sendable, CodingKeyRepresentable {
  case category, subcategory
  case primaryColor = "primary_color"
  case brand, size, pattern, material, style, fit, neckline
  case sleeveLength = "sleeve_length"
  case garmentLength = "garment_length"
  case closure, season, occasion, gender, condition
  case secondaryColor = "secondary_color"
  case source
}

/// The conditions that all results satisfy.
public struct Filters: Hashable, Sendable {
  /// The largest number of values of one column that the server accepts.
  public static let mostValues = 100

  /// The chosen values of each column, of which any may match. No list is empty.
  public private(set) var values: [FilterName: [String]] = [:]
  public var lowestPrice: Double?
  public var highestPrice: Double?

  public init(lowestPrice: Double? = nil, highestPrice: Double? = nil) {
    self.lowestPrice = lowestPrice
    self.highestPrice = highestPrice
  }

  public var isEmpty: Bool { values.isEmpty && !hasPrice }

  /// The number of chosen values; a range of prices is one.
  public var count: Int { values.values.reduce(0) { $0 + $1.count } + (hasPrice ? 1 : 0) }

  public func has(_ value: String, of name: FilterName) -> Bool { values[name]?.contains(value) ?? false }

  /// Chooses a value, or takes the choice back.
  public mutating func toggle(_ value: String, of name: FilterName) {
    var chosen = values[name] ?? []
    if let index = chosen.firstIndex(of: value) {
      chosen.remove(at: index)
    } else if chosen.count < Filters.mostValues {
      chosen.append(value)
    }
    values[name] = chosen.isEmpty ? nil : chosen
  }

  private var hasPrice: Bool { lowestPrice != nil || highestPrice != nil }
}

extension Filters: Codable {
  private static let priceRange = "price_range"

  /// Reads what `encode` has written. Of an unknown column nothing is kept.
  public init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    for (name, value) in try container.decode([String: JSONValue].self) {
      guard case .array(let list) = value else { continue }
      if name == Filters.priceRange, list.count == 2 {
        if case .number(let lowest) = list[0] { lowestPrice = lowest }
        if case .number(let highest) = list[1] { highestPrice = highest }
      } else if let name = FilterName(rawValue: name) {
        let chosen = list.compactMap(\.string).prefix(Filters.mostValues)
        if !chosen.isEmpty { values[name] = Array(chosen) }
      }
    }
  }

  public func encode(to encoder: any Encoder) throws {
    var members = values.reduce(into: [String: JSONValue]()) { members, column in
      members[column.key.rawValue] = .array(column.value.map { .string($0) })
    }
    if hasPrice {
      members[Filters.priceRange] = .array([lowestPrice, highestPrice].map { $0.map { .number($0) } ?? .null })
    }
    var container = encoder.singleValueContainer()
    try container.encode(members)
  }
}
