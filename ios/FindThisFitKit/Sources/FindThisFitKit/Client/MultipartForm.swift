import Foundation

/// A body of `multipart/form-data` in a file, which an upload task sends without keeping it in memory.
struct MultipartForm {
  let boundary = "fit-" + UUID().uuidString
  private(set) var body = Data()

  var contentType: String { "multipart/form-data; boundary=\(boundary)" }

  init(fields: [(name: String, value: String)] = [], photo: Photo? = nil) {
    for (name, value) in fields { add(name, value) }
    if let photo { add("image", photo) }
  }

  private mutating func add(_ name: String, _ value: String) {
    append("--\(boundary)\r\nContent-Disposition: form-data; name=\"\(name)\"\r\n\r\n\(value)\r\n")
  }

  private mutating func add(_ name: String, _ photo: Photo) {
    append(
      "--\(boundary)\r\nContent-Disposition: form-data; name=\"\(name)\"; filename=\"photo.\(photo.kind.rawValue)\"\r\n"
    )
    append("Content-Type: \(photo.kind.mediaType)\r\n\r\n")
    body.append(photo.data)
    append("\r\n")
  }

  /// Writes the whole body into a new file, which the caller removes.
  func write() throws -> URL {
    let file = FileManager.default.temporaryDirectory.appending(path: boundary)
    try (body + Data("--\(boundary)--\r\n".utf8)).write(to: file)
    return file
  }

  private mutating func append(_ text: String) { body.append(contentsOf: text.utf8) }
}
