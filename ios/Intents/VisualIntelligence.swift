// The framework is in the SDK of devices, and not in that of the simulator.
#if canImport(VisualIntelligence)
  import AppIntents
  import FindThisFitKit
  import Foundation
  import UIKit
  import VideoToolbox
  import VisualIntelligence

  /// Answers Visual Intelligence (iOS 26): what the camera or a screenshot shows → items of the catalogue. The photo is
  /// sent at 512 pixels and the first page is small, so that results come within 1.5 seconds on a usual connection. What
  /// comes without a thumbnail in time is shown without one.
  @available(iOS 26.0, *)
  struct LookAlikeValueQuery: IntentValueQuery {
    private static let firstResults = 8
    private static let answersWithin = Duration.milliseconds(1_400)
    private static let leastForThumbnails = Duration.milliseconds(100)

    func values(for input: SemanticContentDescriptor) async throws -> [ItemEntity] {
      guard let services = Services.current(), let buffer = input.pixelBuffer, let photo = services.photo(buffer) else {
        return []
      }
      let start = ContinuousClock.now
      let query = services.query(photo)
      let found = try await services.client.search(query, limit: LookAlikeValueQuery.firstResults).results
      // "More results" goes on in the app with this search.
      _ = try? await services.recents.keep(query, of: services.client.server, results: found)
      let left = LookAlikeValueQuery.answersWithin - (ContinuousClock.now - start)
      return await services.entities(found, within: max(left, LookAlikeValueQuery.leastForThumbnails))
    }
  }

  @available(iOS 26.0, *)
  extension Services {
    /// The photo of what the camera shows, as it is sent.
    func photo(_ buffer: CVReadOnlyPixelBuffer) -> Photo? {
      var image: CGImage?
      let status = buffer.withUnsafeBuffer { VTCreateCGImageFromCVPixelBuffer($0, options: nil, imageOut: &image) }
      guard status == 0, let image, let data = UIImage(cgImage: image).jpegData(compressionQuality: 0.9) else {
        return nil
      }
      return photos.photo(data, for: .quickLook)
    }
  }
#endif
