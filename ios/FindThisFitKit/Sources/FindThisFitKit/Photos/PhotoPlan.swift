/// A size in pixels.
public struct PixelSize: Codable, Hashable, Sendable {
  public var width: Int
  public var height: Int

  public init(width: Int, height: Int) {
    self.width = width
    self.height = height
  }

  public var longestSide: Int { max(width, height) }
}

/// A rectangle in pixels, from the top left.
public struct PixelBox: Hashable, Sendable {
  public var x: Int
  public var y: Int
  public var size: PixelSize
}

/// A part of a photo as it is seen, in fractions of its width and height, from the top left.
public struct CropBox: Codable, Hashable, Sendable {
  public var x: Double
  public var y: Double
  public var width: Double
  public var height: Double

  public static let whole = CropBox(x: 0, y: 0, width: 1, height: 1)

  /// The smallest width and height of a crop that a person can draw.
  public static let smallest = 0.05

  public init(x: Double, y: Double, width: Double, height: Double) {
    self.x = x
    self.y = y
    self.width = width
    self.height = height
  }

  /// The box within the photo and no smaller than `smallest`.
  public var clamped: CropBox {
    let width = min(max(width, CropBox.smallest), 1)
    let height = min(max(height, CropBox.smallest), 1)
    return CropBox(x: min(max(x, 0), 1 - width), y: min(max(y, 0), 1 - height), width: width, height: height)
  }
}

/// How the pixels of a file are turned to be seen, by the values of EXIF (TIFF 6.0, tag Orientation).
public enum PhotoOrientation: Int, CaseIterable, Sendable {
  case up = 1
  case upMirrored, down, downMirrored, leftMirrored, right, rightMirrored, left

  public var swapsSides: Bool { rawValue >= PhotoOrientation.leftMirrored.rawValue }

  /// The size as it is seen.
  public func seen(_ stored: PixelSize) -> PixelSize {
    swapsSides ? PixelSize(width: stored.height, height: stored.width) : stored
  }

  /// The part of the stored pixels that shows a part of the photo as it is seen.
  public func stored(_ box: CropBox) -> CropBox {
    let right = 1 - box.x - box.width
    let below = 1 - box.y - box.height
    func of(_ x: Double, _ y: Double) -> CropBox {
      CropBox(
        x: x, y: y, width: swapsSides ? box.height : box.width, height: swapsSides ? box.width : box.height)
    }
    return switch self {
    case .up: box
    case .upMirrored: of(right, box.y)
    case .down: of(right, below)
    case .downMirrored: of(box.x, below)
    case .leftMirrored: of(box.y, box.x)
    case .right: of(box.y, right)
    case .rightMirrored: of(below, right)
    case .left: of(below, box.x)
    }
  }
}

/// x' = a x + c y + tx, y' = b x + d y + ty, as in Core Graphics.
public struct PlaneTransform: Hashable, Sendable {
  public var a, b, c, d, tx, ty: Double
}

extension PhotoOrientation {
  /// Turns stored pixels so that they fill a photo of the size as it is seen. The y axis points up.
  public func turn(to seen: PixelSize) -> PlaneTransform {
    let (width, height) = (Double(seen.width), Double(seen.height))
    return switch self {
    case .up: PlaneTransform(a: 1, b: 0, c: 0, d: 1, tx: 0, ty: 0)
    case .upMirrored: PlaneTransform(a: -1, b: 0, c: 0, d: 1, tx: width, ty: 0)
    case .down: PlaneTransform(a: -1, b: 0, c: 0, d: -1, tx: width, ty: height)
    case .downMirrored: PlaneTransform(a: 1, b: 0, c: 0, d: -1, tx: 0, ty: height)
    case .leftMirrored: PlaneTransform(a: 0, b: -1, c: -1, d: 0, tx: width, ty: height)
    case .right: PlaneTransform(a: 0, b: -1, c: 1, d: 0, tx: 0, ty: height)
    case .rightMirrored: PlaneTransform(a: 0, b: 1, c: 1, d: 0, tx: 0, ty: 0)
    case .left: PlaneTransform(a: 0, b: 1, c: -1, d: 0, tx: width, ty: 0)
    }
  }
}

/// What is done with a photo before it is sent.
public enum PhotoPlan: Hashable, Sendable {
  /// The file is sent unchanged.
  case asItIs
  /// The part `crop` of the stored pixels is scaled to `size`, as it is seen, and written as a JPEG of `quality`.
  case draw(crop: PixelBox, size: PixelSize, quality: Double)

  /// What the photo is for.
  public enum Purpose: Sendable {
    case search
    case quickLook  // Visual Intelligence and Shortcuts: the first results count

    public var longestSide: Int { self == .search ? 1_024 : 512 }
    public var quality: Double { self == .search ? 0.86 : 0.8 }
  }

  /// Files up to this size are sent unchanged: to write them again takes longer than to send them.
  public static let smallBytes = 300_000

  /// Plans a photo of the `stored` size in pixels. Metadata, such as the place, is left out of photos that are drawn; a
  /// photo that has a place is therefore never sent as it is.
  public init(
    kind: PhotoKind, bytes: Int, stored: PixelSize, orientation: PhotoOrientation = .up, crop: CropBox = .whole,
    hasPlace: Bool = false, for purpose: Purpose = .search
  ) {
    let isSmall = stored.longestSide <= purpose.longestSide && bytes <= PhotoPlan.smallBytes
    if crop == .whole, isSmall, !hasPlace, kind != .heic, kind != .avif {
      self = .asItIs
      return
    }
    let part = orientation.stored(crop.clamped).pixels(of: stored)
    let seen = orientation.seen(part.size)
    self = .draw(crop: part, size: seen.fitted(to: purpose.longestSide), quality: purpose.quality)
  }
}

extension CropBox {
  func pixels(of size: PixelSize) -> PixelBox {
    let left = Int((x * Double(size.width)).rounded())
    let top = Int((y * Double(size.height)).rounded())
    let right = Int(((x + width) * Double(size.width)).rounded())
    let bottom = Int(((y + height) * Double(size.height)).rounded())
    return PixelBox(
      x: min(left, size.width - 1), y: min(top, size.height - 1),
      size: PixelSize(width: max(1, right - left), height: max(1, bottom - top)))
  }
}

extension PixelSize {
  /// The size with the same shape whose sides are at most `side`; never larger than it is.
  func fitted(to side: Int) -> PixelSize {
    guard longestSide > side else { return self }
    let scale = Double(side) / Double(longestSide)
    return PixelSize(
      width: max(1, Int((Double(width) * scale).rounded())), height: max(1, Int((Double(height) * scale).rounded())))
  }
}
