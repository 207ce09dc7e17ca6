/// A corner of a crop, which a person drags.
public enum CropCorner: CaseIterable, Sendable {
  case topLeft, topRight, bottomLeft, bottomRight

  var isLeft: Bool { self == .topLeft || self == .bottomLeft }
  var isTop: Bool { self == .topLeft || self == .topRight }
}

extension CropBox {
  public func x(of corner: CropCorner) -> Double { corner.isLeft ? x : x + width }
  public func y(of corner: CropCorner) -> Double { corner.isTop ? y : y + height }

  /// The box with a corner at another place, in fractions of the photo. The opposite corner stays where it is.
  public func moving(_ corner: CropCorner, toX newX: Double, y newY: Double) -> CropBox {
    let (right, bottom) = (x + width, y + height)
    let left = corner.isLeft ? min(max(newX, 0), right - CropBox.smallest) : x
    let top = corner.isTop ? min(max(newY, 0), bottom - CropBox.smallest) : y
    return CropBox(
      x: left, y: top, width: (corner.isLeft ? right : min(max(newX, x + CropBox.smallest), 1)) - left,
      height: (corner.isTop ? bottom : min(max(newY, y + CropBox.smallest), 1)) - top)
  }

  /// The box with a corner that is moved outwards, or inwards by a negative step.
  public func growing(at corner: CropCorner, by step: Double) -> CropBox {
    moving(
      corner, toX: x(of: corner) + (corner.isLeft ? -step : step), y: y(of: corner) + (corner.isTop ? -step : step))
  }
}
