/// What a person has chosen of a photo: all of it, a garment that the server has found, or a part that they have drawn.
public struct PhotoChoice: Hashable, Sendable {
  public private(set) var box = CropBox.whole
  /// The garment whose box was chosen, also after its edges were corrected.
  public private(set) var garment: DetectedGarment?

  public static let whole = PhotoChoice()

  public init(_ garment: DetectedGarment? = nil) {
    if let garment { choose(garment) }
  }

  public var isWhole: Bool { box == .whole }

  /// What is searched with: a garment with a margin, as on the server, or exactly what a person has drawn.
  var searched: CropBox { garment == nil ? box : box.with(margin: PhotoChoice.margin) }

  public mutating func choose(_ garment: DetectedGarment) {
    box = CropBox(garment.box).clamped
    self.garment = garment
  }

  public mutating func chooseWhole() { self = .whole }

  /// Moves an edge or a corner to another place, in fractions of the photo.
  public mutating func move(_ handle: CropHandle, toX x: Double, y: Double) {
    box = box.moving(handle, toX: x, y: y)
    if let shown = garment, CropBox(shown.box).overlap(with: box) < PhotoChoice.same { garment = nil }
  }

  /// Moves an edge or a corner outwards, or inwards by a negative step.
  public mutating func grow(at handle: CropHandle, by step: Double) {
    let grown = box.growing(at: handle, by: step)
    move(handle, toX: grown.x(of: handle), y: grown.y(of: handle))
  }

  private static let margin = 0.05  // the share of its width and height, on each side
  /// A part that overlaps a garment by this much still shows it.
  private static let same = 0.5
}

extension Detection {
  private static let fills = 0.85  // a garment that takes this share of the photo is the photo
  private static let standsOut = 0.04  // the least share of the photo of a garment that it is about
  private static let rival = 0.4  // a garment with this share of what the first one has stands out as well

  /// The garments that can be chosen. A photo that one garment fills has none: it is searched with as a whole.
  public var choices: [DetectedGarment] {
    garments.count == 1 && garments.allSatisfy { $0.area >= Detection.fills } ? [] : garments
  }

  /// The garment that the photo is about. Nil: several stand out, or none, or one fills the photo. The rule is that of the
  /// web app.
  public var main: DetectedGarment? {
    let byWeight = garments.sorted { $0.weight > $1.weight }
    guard let first = byWeight.first, (Detection.standsOut..<Detection.fills).contains(first.area) else { return nil }
    return byWeight.dropFirst().allSatisfy { $0.weight < Detection.rival * first.weight } ? first : nil
  }
}

extension [DetectedGarment] {
  /// The largest first, so that whoever draws them in this order has the small ones on top, where fingers reach them.
  public var fromTheBack: [DetectedGarment] {
    sorted { $0.area == $1.area ? $0.index > $1.index : $0.area > $1.area }
  }

  /// The number of a garment among those of its category, from 1. Nil: it is the only one.
  public func number(of garment: DetectedGarment) -> Int? {
    let alike = filter { $0.category == garment.category }
    guard alike.count > 1 else { return nil }
    return alike.firstIndex { $0.index == garment.index }.map { $0 + 1 }
  }
}

extension DetectedGarment {
  fileprivate var area: Double { CropBox(box).area }
  fileprivate var weight: Double { area * confidence }
}

extension CropBox {
  /// The box with a share of its width and height added on each side, as far as the photo reaches.
  fileprivate func with(margin: Double) -> CropBox {
    let (left, top) = (max(0, x - margin * width), max(0, y - margin * height))
    let (right, bottom) = (min(1, x + (1 + margin) * width), min(1, y + (1 + margin) * height))
    return CropBox(x: left, y: top, width: right - left, height: bottom - top)
  }

  fileprivate var area: Double { max(0, width) * max(0, height) }

  /// The share of what both cover in what one or the other covers.
  fileprivate func overlap(with other: CropBox) -> Double {
    let (right, bottom) = (min(x + width, other.x + other.width), min(y + height, other.y + other.height))
    let (left, top) = (max(x, other.x), max(y, other.y))
    let common = CropBox(x: left, y: top, width: right - left, height: bottom - top).area
    let all = area + other.area - common
    return all > 0 ? common / all : 0
  }
}
