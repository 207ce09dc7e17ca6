import Foundation
import Observation

/// What is known of a photo's file before it is decoded.
public struct PhotoInfo: Hashable, Sendable {
  public var stored: PixelSize
  public var orientation: PhotoOrientation
  public var hasPlace: Bool  // whether the metadata name a place

  public init(stored: PixelSize, orientation: PhotoOrientation = .up, hasPlace: Bool = false) {
    self.stored = stored
    self.orientation = orientation
    self.hasPlace = hasPlace
  }
}

/// Decodes and draws photos: the platform's part.
public protocol PhotoRenderer: Sendable {
  /// Nil: the data cannot be read as a photo.
  func info(of data: Data) -> PhotoInfo?
  /// The JPEG file of a plan. Nil: the data cannot be decoded.
  func draw(_ data: Data, crop: PixelBox, orientation: PhotoOrientation, size: PixelSize, quality: Double) -> Data?
}

/// Makes the photo that is sent from a file that somebody chose.
public struct PhotoPreparation: Sendable {
  private let renderer: any PhotoRenderer

  public init(renderer: any PhotoRenderer) { self.renderer = renderer }

  /// Nil: the data is no photo, or none that can be read here and sent as it is.
  public func photo(_ data: Data, crop: CropBox = .whole, for purpose: PhotoPlan.Purpose = .search) -> Photo? {
    guard let kind = PhotoKind(data) else { return nil }
    guard let info = renderer.info(of: data) else { return crop == .whole ? Photo(data) : nil }
    let plan = PhotoPlan(
      kind: kind, bytes: data.count, stored: info.stored, orientation: info.orientation, crop: crop,
      hasPlace: info.hasPlace, for: purpose)
    switch plan {
    case .asItIs: return Photo(data)
    case .draw(let part, let size, let quality):
      return renderer.draw(data, crop: part, orientation: info.orientation, size: size, quality: quality).flatMap(
        Photo.init)
    }
  }
}

/// The page on which a search begins: words, a photo, its crop, and earlier searches.
@MainActor @Observable
public final class SearchModel {
  public var words = ""
  public var crop = CropBox.whole
  public private(set) var original: Data?  // the chosen file
  public private(set) var isPreparing = false
  public private(set) var isNoPhoto = false  // what was chosen last cannot be read
  public private(set) var recents: [RecentSearch] = []

  private let preparation: PhotoPreparation
  private let searches: RecentSearches

  public init(preparation: PhotoPreparation, searches: RecentSearches) {
    self.preparation = preparation
    self.searches = searches
  }

  public var canSearch: Bool {
    original != nil || !words.trimmingCharacters(in: .whitespacesAndNewlines).isEmpty
  }

  /// Takes a file from the camera, the library, the pasteboard, or a drop.
  public func choose(_ data: Data) {
    isNoPhoto = PhotoKind(data) == nil
    guard !isNoPhoto else { return }
    original = data
    crop = .whole
  }

  public func removePhoto() {
    original = nil
    crop = .whole
    isNoPhoto = false
  }

  /// The query with the photo as it is sent. Nil: there is nothing to search for, or the photo cannot be read.
  public func makeQuery() async -> SearchQuery? {
    guard canSearch else { return nil }
    guard let original else { return SearchQuery(words: words) }
    isPreparing = true
    defer { isPreparing = false }
    let (preparation, crop) = (preparation, crop)
    let photo = await Task.detached { preparation.photo(original, crop: crop) }.value
    isNoPhoto = photo == nil
    return photo.map { SearchQuery(photo: $0, words: words) }
  }

  public func loadRecents() async { recents = await searches.all() }

  public func removeRecent(_ id: UUID) async {
    await searches.remove(id)
    await loadRecents()
  }

  public func clearRecents() async {
    await searches.removeAll()
    recents = []
  }
}
