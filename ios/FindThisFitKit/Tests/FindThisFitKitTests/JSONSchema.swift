import Foundation

@testable import FindThisFitKit

/// The part of JSON Schema that src/http/openapi.json uses, to hold the models of the kit against it.
struct JSONSchema {
  let definition: [String: JSONValue]
  let all: [String: JSONValue]  // the schemas of the document by name

  static func document() throws -> [String: JSONValue] {
    let data = try Data(contentsOf: clone.appending(path: "src/http/openapi.json"))
    let root = try JSONDecoder().decode(JSONValue.self, from: data)
    return root["components"]?["schemas"]?.object ?? [:]
  }

  init(_ tree: JSONValue, in all: [String: JSONValue]) {
    var tree = tree
    while let name = tree["$ref"]?.string?.split(separator: "/").last { tree = all[String(name)] ?? .null }
    definition = tree.object ?? [:]
    self.all = all
  }

  var properties: [String: JSONValue] { definition["properties"]?.object ?? [:] }
  var required: Set<String> { Set((definition["required"]?.array ?? []).compactMap(\.string)) }
  private var alternatives: [JSONSchema] {
    ((definition["oneOf"] ?? definition["anyOf"])?.array ?? []).map { JSONSchema($0, in: all) }
  }
  private var types: [String] {
    let type = definition["type"] ?? .null
    return type.string.map { [$0] } ?? (type.array ?? []).compactMap(\.string)
  }
  private func child(_ tree: JSONValue) -> JSONSchema { JSONSchema(tree, in: all) }

  /// A value with all members, or with the required ones only and null wherever that is allowed.
  func sample(full: Bool) -> JSONValue {
    let fitting = alternatives.first { $0.allowsNull != full }
    if let example = fitting ?? alternatives.first {
      return example.sample(full: full)
    }
    if !full, allowsNull { return .null }
    if let value = definition["enum"]?.array?.first(where: { $0 != .null }) { return value }
    switch types.first(where: { $0 != "null" }) {
    case "object": return object(full: full)
    case "array": return .array(full ? [child(definition["items"] ?? .null).sample(full: full)] : [])
    case "string": return .string(text)
    case "integer": return .number(7)
    case "number": return .number(0.5)
    case "boolean": return .bool(true)
    default: return .string("anything")
    }
  }

  private var allowsNull: Bool { types.contains("null") }

  private var text: String {
    switch definition["format"]?.string {
    case "date-time": "2026-11-29T10:00:00.125Z"
    case "email": "ann@fit.example"
    default: "7"
    }
  }

  private func object(full: Bool) -> JSONValue {
    var members = properties.filter { full || required.contains($0.key) }.mapValues { child($0).sample(full: full) }
    if full, let extra = definition["additionalProperties"], extra.object != nil {
      members["extra_name"] = child(extra).sample(full: full)
    }
    return .object(members)
  }

  /// What is wrong with a value; empty when nothing is.
  func problems(_ value: JSONValue, at path: String = "") -> [String] {
    if !alternatives.isEmpty {
      let found = alternatives.map { $0.problems(value, at: path) }
      return found.contains(where: \.isEmpty) ? [] : found.last ?? []
    }
    if let values = definition["enum"]?.array, !values.contains(value) { return ["\(path): \(value) is no such value"] }
    guard types.isEmpty || types.contains(where: { value.isA($0) }) else { return ["\(path): is no \(types)"] }
    if let items = definition["items"], let list = value.array {
      return list.enumerated().flatMap { child(items).problems($1, at: "\(path)[\($0)]") }
    }
    guard let members = value.object else { return [] }
    var found = required.subtracting(members.keys).map { "\(path).\($0): is missing" }
    for (name, member) in members {
      if let known = properties[name] {
        found += child(known).problems(member, at: "\(path).\(name)")
      } else if definition["additionalProperties"] == .bool(false) {
        found.append("\(path).\(name): is unknown")
      }
    }
    return found
  }
}

extension JSONValue {
  var object: [String: JSONValue]? { if case .object(let members) = self { members } else { nil } }
  var array: [JSONValue]? { if case .array(let values) = self { values } else { nil } }

  func isA(_ type: String) -> Bool {
    switch (self, type) {
    case (.null, "null"), (.bool, "boolean"), (.string, "string"), (.array, "array"), (.object, "object"): true
    case (.number, "number"): true
    case (.number(let value), "integer"): value == value.rounded()
    default: false
    }
  }
}
