import Foundation

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

  /// The chosen part of a photo. A garment in a photo that cannot be drawn here is cut out by the server: the photo is
  /// sent as it is, with the part.
  public func photo(_ data: Data, _ choice: PhotoChoice) -> (Photo?, PhotoPart?) {
    if let photo = photo(data, crop: choice.searched) { return (photo, nil) }
    guard choice.garment != nil, let photo = photo(data) else { return (nil, nil) }
    return (photo, .box(PhotoBox(choice.box)))
  }
}
