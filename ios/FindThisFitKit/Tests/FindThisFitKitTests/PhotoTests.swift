import Foundation
import Testing

@testable import FindThisFitKit

@Suite struct PhotoTests {
  @Test func kindsByContent() {
    func kind(_ bytes: [UInt8]) -> PhotoKind? { PhotoKind(Data(bytes)) }
    func box(_ brand: String) -> [UInt8] { [0, 0, 0, 24] + Array("ftyp\(brand)".utf8) }
    #expect(kind([0xFF, 0xD8, 0xFF]) == .jpeg)
    #expect(kind([0x89] + Array("PNG\r\n".utf8)) == .png)
    #expect(kind(Array("GIF89a".utf8)) == .gif)
    #expect(kind(Array("RIFF0000WEBPVP8 ".utf8)) == .webp)
    #expect(kind(box("heic")) == .heic)
    #expect(kind(box("mif1")) == .heic)
    #expect(kind(box("avif")) == .avif)
    #expect(kind(box("isom")) == nil)
    #expect(kind(Array("<html>".utf8)) == nil)
    #expect(kind([]) == nil)
    #expect(PhotoKind.jpeg.mediaType == "image/jpeg")
    #expect(Photo(Data("no photo".utf8)) == nil)
    #expect(Photo(Data([0xFF, 0xD8]) + Data(count: Photo.mostBytes)) == nil)
  }

  @Test func smallPhotosAreSentAsTheyAre() {
    let size = PixelSize(width: 1_024, height: 768)
    #expect(PhotoPlan(kind: .jpeg, bytes: 300_000, stored: size) == .asItIs)
    #expect(PhotoPlan(kind: .jpeg, bytes: 300_001, stored: size) != .asItIs)
    #expect(PhotoPlan(kind: .heic, bytes: 1_000, stored: size) != .asItIs)
    #expect(PhotoPlan(kind: .jpeg, bytes: 1_000, stored: size, hasPlace: true) != .asItIs)
    #expect(PhotoPlan(kind: .jpeg, bytes: 1_000, stored: size, for: .quickLook) != .asItIs)
  }

  @Test func largePhotosAreScaled() {
    let stored = PixelSize(width: 4_032, height: 3_024)
    let whole = PixelBox(x: 0, y: 0, size: stored)
    #expect(
      PhotoPlan(kind: .heic, bytes: 2_000_000, stored: stored)
        == .draw(crop: whole, size: PixelSize(width: 1_024, height: 768), quality: 0.86))
    #expect(
      PhotoPlan(kind: .heic, bytes: 2_000_000, stored: stored, orientation: .right, for: .quickLook)
        == .draw(crop: whole, size: PixelSize(width: 384, height: 512), quality: 0.8))
    let strip = PixelSize(width: 40_000, height: 2)
    guard case .draw(_, let size, _) = PhotoPlan(kind: .png, bytes: 9, stored: strip) else {
      Issue.record("a strip is sent as it is")
      return
    }
    #expect(size == PixelSize(width: 1_024, height: 1))
  }

  @Test func aCropIsNeverEnlarged() {
    let stored = PixelSize(width: 1_000, height: 800)
    let crop = CropBox(x: 0.5, y: 0.25, width: 0.25, height: 0.5)
    #expect(
      PhotoPlan(kind: .jpeg, bytes: 9, stored: stored, crop: crop)
        == .draw(
          crop: PixelBox(x: 500, y: 200, size: PixelSize(width: 250, height: 400)),
          size: PixelSize(width: 250, height: 400), quality: 0.86))
  }

  /// Turns a tiny photo by the definition of each orientation and compares where a crop comes from.
  @Test(arguments: PhotoOrientation.allCases) func cropsOfTurnedPhotos(_ orientation: PhotoOrientation) {
    let stored = PixelSize(width: 4, height: 2)
    let seen = orientation.seen(stored)
    #expect(seen == (orientation.rawValue < 5 ? stored : PixelSize(width: 2, height: 4)))
    for x in 0..<seen.width {
      for y in 0..<seen.height {
        let crop = CropBox(
          x: Double(x) / Double(seen.width), y: Double(y) / Double(seen.height), width: 1 / Double(seen.width),
          height: 1 / Double(seen.height))
        let found = orientation.stored(crop).pixels(of: stored)
        #expect(found.size == PixelSize(width: 1, height: 1))
        #expect(PhotoTests.seenPosition(orientation, found.x, found.y, stored) == [x, y])
      }
    }
  }

  /// The middle of each stored pixel gets to the middle of the pixel where it is seen.
  @Test(arguments: PhotoOrientation.allCases) func turnedPhotos(_ orientation: PhotoOrientation) {
    let stored = PixelSize(width: 4, height: 2)
    let seen = orientation.seen(stored)
    let turn = orientation.turn(to: seen)
    for x in 0..<stored.width {
      for y in 0..<stored.height {
        let (right, up) = (Double(x) + 0.5, Double(stored.height - 1 - y) + 0.5)
        let turned = (turn.a * right + turn.c * up + turn.tx, turn.b * right + turn.d * up + turn.ty)
        let position = [Int(turned.0), seen.height - 1 - Int(turned.1)]
        #expect(position == PhotoTests.seenPosition(orientation, x, y, stored))
      }
    }
  }

  /// Where the stored pixel (x, y) is seen: EXIF says at which sides row 0 and column 0 are.
  static func seenPosition(_ orientation: PhotoOrientation, _ x: Int, _ y: Int, _ stored: PixelSize) -> [Int] {
    let (fromRight, fromBelow) = (stored.width - 1 - x, stored.height - 1 - y)
    return switch orientation {
    case .up: [x, y]  // row 0 at the top, column 0 on the left
    case .upMirrored: [fromRight, y]  // top, right
    case .down: [fromRight, fromBelow]  // bottom, right
    case .downMirrored: [x, fromBelow]  // bottom, left
    case .leftMirrored: [y, x]  // left, top
    case .right: [fromBelow, x]  // right, top
    case .rightMirrored: [fromBelow, fromRight]  // right, bottom
    case .left: [y, fromRight]  // left, bottom
    }
  }
}
