import Foundation
import Testing

@testable import FindThisFitKit

/// How long Visual Intelligence waits for this kit and a server on the same machine: a photo of 512 pixels is sent, and the
/// first results come back with their thumbnails. A measurement, which only FIT_MEASURE begins (docs/ios.md).
@Suite(
  .enabled(if: hasServers && ProcessInfo.processInfo.environment["FIT_MEASURE"] != nil, "FIT_MEASURE is not set"),
  .serialized)
struct LatencyTests {
  static let firstResults = 8

  @Test func firstResults() async throws {
    let folder = try #require(try servers().quickPhotoFolder, "there are no real photos")
    let client = try openClient()
    let photos = try FileManager.default.contentsOfDirectory(atPath: folder).sorted().compactMap { name in
      FileManager.default.contents(atPath: "\(folder)/\(name)").flatMap(Photo.init)
    }
    var (answered, complete): ([Double], [Double]) = ([], [])
    for photo in photos {
      let images = ImageCache(folder: temporaryFolder())
      let start = ContinuousClock.now
      let found = try await client.search(SearchQuery(photo: photo), limit: LatencyTests.firstResults).results
      answered.append((ContinuousClock.now - start) / .milliseconds(1))
      let thumbnails = await images.images(found.compactMap(\.thumbnailUrl), of: client, within: .seconds(5))
      complete.append((ContinuousClock.now - start) / .milliseconds(1))
      await images.removeAll()
      #expect(found.count == LatencyTests.firstResults && thumbnails.count == found.count)
    }
    let bytes = photos.map(\.data.count).reduce(0, +) / photos.count
    print("\(photos.count) photos of 512 pixels, of \(bytes) bytes in the mean")
    print("first results: \(percentiles(answered))")
    print("with thumbnails: \(percentiles(complete))")
  }

  func percentiles(_ milliseconds: [Double]) -> String {
    let sorted = milliseconds.sorted()
    return [50, 95, 99, 100].map { percent in
      let value = sorted[min(sorted.count - 1, sorted.count * percent / 100)]
      return "p\(percent) \(Int(value.rounded())) ms"
    }.joined(separator: ", ")
  }
}
