/// What a person drags of a crop: an edge, or a corner, which belongs to two edges.
public enum CropHandle: CaseIterable, Sendable {
  case left, top, right, bottom
  case topLeft, topRight, bottomLeft, bottomRight

  public var isCorner: Bool { [.topLeft, .topRight, .bottomLeft, .bottomRight].contains(self) }

  fileprivate var movesLeft: Bool { [.left, .topLeft, .bottomLeft].contains(self) }
  fileprivate var movesTop: Bool { [.top, .topLeft, .topRight].contains(self) }
  fileprivate var movesRight: Bool { [.right, .topRight, .bottomRight].contains(self) }
  fileprivate var movesBottom: Bool { [.bottom, .bottomLeft, .bottomRight].contains(self) }
}

extension CropBox {
  /// Where the handle is: the corner, or the middle of the edge.
  public func x(of handle: CropHandle) -> Double {
    handle.movesLeft ? x : handle.movesRight ? x + width : x + width / 2
  }

  public func y(of handle: CropHandle) -> Double {
    handle.movesTop ? y : handle.movesBottom ? y + height : y + height / 2
  }

  /// The box with a handle at another place, in fractions of the photo. The edges that are not the handle's stay.
  public func moving(_ handle: CropHandle, toX newX: Double, y newY: Double) -> CropBox {
    var (left, top, right, bottom) = (x, y, x + width, y + height)
    if handle.movesLeft { left = min(max(newX, 0), right - CropBox.smallest) }
    if handle.movesTop { top = min(max(newY, 0), bottom - CropBox.smallest) }
    if handle.movesRight { right = max(min(newX, 1), left + CropBox.smallest) }
    if handle.movesBottom { bottom = max(min(newY, 1), top + CropBox.smallest) }
    return CropBox(x: left, y: top, width: right - left, height: bottom - top)
  }

  /// The box with a handle that is moved outwards, or inwards by a negative step.
  public func growing(at handle: CropHandle, by step: Double) -> CropBox {
    moving(
      handle, toX: x(of: handle) + (handle.movesLeft ? -step : step),
      y: y(of: handle) + (handle.movesTop ? -step : step))
  }
}
