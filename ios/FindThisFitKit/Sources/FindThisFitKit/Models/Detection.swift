/// A part of a photo as the API has it: fractions of the upright photo's width and height, from the top left.
public struct PhotoBox: Codable, Hashable, Sendable {
  public let left: Double
  public let top: Double
  public let right: Double
  public let bottom: Double

  public init(left: Double, top: Double, right: Double, bottom: Double) {
    self.left = left
    self.top = top
    self.right = right
    self.bottom = bottom
  }
}

extension CropBox {
  public init(_ box: PhotoBox) {
    self.init(x: box.left, y: box.top, width: box.right - box.left, height: box.bottom - box.top)
  }
}

extension PhotoBox {
  /// Sums of fractions may be a little more than 1, which the server refuses.
  public init(_ crop: CropBox) {
    self.init(left: crop.x, top: crop.y, right: min(crop.x + crop.width, 1), bottom: min(crop.y + crop.height, 1))
  }
}

/// A garment that the server sees in a photo.
public struct DetectedGarment: Codable, Hashable, Sendable, Identifiable {
  public let index: Int  // in the list of the photo's garments, the most prominent first
  public let box: PhotoBox
  public let category: String  // in the server's words
  public let confidence: Double  // a probability

  public var id: Int { index }
}

/// The garments in a photo.
public struct Detection: Codable, Hashable, Sendable {
  public let width: Int  // of the upright photo, in pixels
  public let height: Int
  public let garments: [DetectedGarment]  // the most prominent first
}

/// What part of its photo a query is about, when the whole photo is sent.
public enum PhotoPart: Codable, Hashable, Sendable {
  case box(PhotoBox)
  /// A garment by its index among those that the server finds in the photo.
  case garment(Int)
  /// The most prominent garment; the whole photo where none is found.
  case mostProminent
}
