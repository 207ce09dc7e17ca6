import Foundation

/// Images of a server on the device, so that results are shown at once and without a network. The image of an address never
/// changes. When the folder is larger than `mostBytes`, the images that were not shown for longest are removed.
public actor ImageCache {
  private let folder: URL
  private let mostBytes: Int
  private var bytes: Int?  // of all files; nil: not counted yet

  public init(folder: URL, mostBytes: Int = 64 << 20) {
    self.folder = folder
    self.mostBytes = mostBytes
  }

  /// The image from the device, or else from the server.
  public func image(_ reference: String, of client: Client) async throws -> Data {
    guard let file = file(of: reference, client.server) else { return try await client.image(reference) }
    if let data = try? Data(contentsOf: file) {
      try? FileManager.default.setAttributes([.modificationDate: Date.now], ofItemAtPath: file.path)
      return data
    }
    let data = try await client.image(reference)
    keep(data, in: file)
    return data
  }

  /// Those of the images that are there within a time, fetched beside each other. The others are left out.
  public nonisolated func images(
    _ references: [String], of client: Client, within limit: Duration
  ) async -> [String: Data] {
    await withTaskGroup(of: (String, Data?)?.self) { group in
      for reference in Set(references) { group.addTask { (reference, try? await self.image(reference, of: client)) } }
      group.addTask {
        try? await Task.sleep(for: limit)
        return nil
      }
      var found: [String: Data] = [:]
      var missing = Set(references).count
      while missing > 0, case .some(.some(let (reference, data))) = await group.next() {
        found[reference] = data
        missing -= 1
      }
      group.cancelAll()
      return found
    }
  }

  public func removeAll() {
    try? FileManager.default.removeItem(at: folder)
    bytes = nil
  }

  private func keep(_ data: Data, in file: URL) {
    try? FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    guard (try? data.write(to: file, options: .atomic)) != nil else { return }  // shown, though not kept
    bytes = (bytes ?? size(of: files().filter { $0 != file })) + data.count
    if (bytes ?? 0) > mostBytes { trim() }
  }

  /// Removes the oldest images until a tenth of the space is free.
  private func trim() {
    let kept = files().sorted { date(of: $0) < date(of: $1) }
    var left = size(of: kept)
    for file in kept where left > mostBytes - mostBytes / 10 {
      left -= size(of: [file])
      try? FileManager.default.removeItem(at: file)
    }
    bytes = left
  }

  /// The file of an image. Nil: its name would be too long for a file.
  private func file(of reference: String, _ server: ServerAddress) -> URL? {
    guard let address = server.resolve(reference)?.absoluteString else { return nil }
    let name = DeepLinks.percentEncoded(address)
    return name.utf8.count > 200 ? nil : folder.appending(component: name)
  }

  private func files() -> [URL] {
    (try? FileManager.default.contentsOfDirectory(
      at: folder, includingPropertiesForKeys: [.fileSizeKey, .contentModificationDateKey])) ?? []
  }

  private func size(of files: [URL]) -> Int {
    files.reduce(0) { $0 + ((try? $1.resourceValues(forKeys: [.fileSizeKey]))?.fileSize ?? 0) }
  }

  private func date(of file: URL) -> Date {
    (try? file.resourceValues(forKeys: [.contentModificationDateKey]))?.contentModificationDate ?? .distantPast
  }
}
