import Foundation

/// The format of a photo, by its content: names and declared types are unreliable.
public enum PhotoKind: String, Codable, Sendable {
  case jpeg, png, webp, gif, heic, avif

  /// Nil: the data has none of the formats that the server reads.
  public init?(_ data: Data) {
    let head = Array(data.prefix(32))
    func starts(_ text: String, at offset: Int = 0) -> Bool { head.dropFirst(offset).starts(with: text.utf8) }
    let brands = String(decoding: head.dropFirst(8), as: UTF8.self)
    if head.starts(with: [0xFF, 0xD8]) {
      self = .jpeg
    } else if starts("PNG", at: 1) {
      self = .png
    } else if starts("GIF8") {
      self = .gif
    } else if starts("RIFF"), starts("WEBP", at: 8) {
      self = .webp
    } else if starts("ftyp", at: 4), brands.contains("avi") {
      self = .avif
    } else if starts("ftyp", at: 4), ["hei", "hev", "mif1", "msf1"].contains(where: brands.contains) {
      self = .heic
    } else {
      return nil
    }
  }

  public var mediaType: String { "image/\(rawValue)" }
}
