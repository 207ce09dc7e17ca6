import Foundation

/// A value in a file of the device. A file that is missing or damaged is no value: everything kept here can be had again.
struct JSONFile<Value: Codable & Sendable>: Sendable {
  let url: URL

  func read() -> Value? {
    guard let data = try? Data(contentsOf: url) else { return nil }
    return try? JSONDecoder().decode(Value.self, from: data)
  }

  /// Replaces the file as a whole. The app and its extensions may write at the same time; the last one counts.
  func write(_ value: Value) throws {
    try FileManager.default.createDirectory(at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
    try JSONEncoder().encode(value).write(to: url, options: .atomic)
  }

  func remove() { try? FileManager.default.removeItem(at: url) }
}
