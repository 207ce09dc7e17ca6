import Testing

@testable import FindThisFitKit

/// The part of a photo that a person chooses.
@Suite struct CropTests {
  @Test func cropsStayInThePhoto() {
    #expect(CropBox(x: -1, y: 2, width: 0.5, height: 3).clamped == CropBox(x: 0, y: 0, width: 0.5, height: 1))
    let least = CropBox(x: 1, y: 1, width: 0, height: 0).clamped
    #expect(least.width == CropBox.smallest && least.x + least.width <= 1)
  }

  @Test func cornersAndEdgesAreMoved() {
    let box = CropBox(x: 0.25, y: 0.25, width: 0.5, height: 0.5)
    #expect(box.moving(.topLeft, toX: 0, y: 0.5) == CropBox(x: 0, y: 0.5, width: 0.75, height: 0.25))
    #expect(box.moving(.bottomRight, toX: 2, y: 0.5) == CropBox(x: 0.25, y: 0.25, width: 0.75, height: 0.25))
    #expect(box.moving(.left, toX: 0.5, y: 0) == CropBox(x: 0.5, y: 0.25, width: 0.25, height: 0.5))
    #expect(box.moving(.bottom, toX: 0, y: 1) == CropBox(x: 0.25, y: 0.25, width: 0.5, height: 0.75))
    #expect((box.x(of: .top), box.y(of: .top)) == (0.5, 0.25))
    #expect((box.x(of: .right), box.y(of: .right)) == (0.75, 0.5))
    for handle in CropHandle.allCases {
      let turnedOver = box.moving(handle, toX: 1 - box.x(of: handle), y: 1 - box.y(of: handle))
      #expect(turnedOver.clamped.width >= CropBox.smallest && turnedOver.x >= 0 && turnedOver.y >= 0)
      let grown = box.growing(at: handle, by: 0.125)
      let moved = [box.width != grown.width, box.height != grown.height]
      #expect(moved.filter { $0 }.count == (handle.isCorner ? 2 : 1))
      #expect(max(grown.width, grown.height) == 0.625)
      #expect(grown.growing(at: handle, by: -0.125) == box)
    }
  }

  @Test func boxesOfTheServer() {
    let box = PhotoBox(left: 0.25, top: 0.5, right: 0.75, bottom: 1)
    #expect(CropBox(box) == CropBox(x: 0.25, y: 0.5, width: 0.5, height: 0.5))
    #expect(PhotoBox(CropBox(box)) == box)
    #expect(PhotoBox(CropBox(x: 0.1, y: 0.7, width: 0.9000000000000002, height: 0.3)).right == 1)
  }
}

/// The garments that a server has found.
@Suite struct GarmentTests {
  static func garment(
    _ index: Int, _ category: String, _ box: PhotoBox, confidence: Double = 0.9
  ) -> DetectedGarment { DetectedGarment(index: index, box: box, category: category, confidence: confidence) }

  let top = garment(0, "tops", PhotoBox(left: 0.25, top: 0, right: 0.75, bottom: 0.5))
  let trousers = garment(1, "bottoms", PhotoBox(left: 0.25, top: 0.5, right: 0.75, bottom: 1))
  let button = garment(2, "tops", PhotoBox(left: 0.5, top: 0.25, right: 0.5625, bottom: 0.3125))

  func detection(_ garments: DetectedGarment...) -> Detection { Detection(width: 600, height: 800, garments: garments) }

  @Test func aGarmentIsChosenAndCorrected() {
    var choice = PhotoChoice.whole
    #expect(choice.isWhole && choice.searched == .whole)
    choice.choose(top)
    #expect(choice.garment == top && choice.box == CropBox(top.box) && !choice.isWhole)
    // As on the server, a twentieth is added on each side, as far as the photo reaches.
    #expect(choice.searched == CropBox(x: 0.225, y: 0, width: 0.55, height: 0.525))
    choice.move(.bottom, toX: 0, y: 0.625)
    #expect(choice.garment == top && choice.box.height == 0.625)
    choice.grow(at: .left, by: 0.125)
    #expect(choice.box.x == 0.125 && choice.garment == top)
    choice.move(.bottom, toX: 0, y: 0.125)
    #expect(choice.garment == nil)  // it shows something else now
    #expect(choice.searched == choice.box)  // what a person has drawn has no margin
    choice.chooseWhole()
    #expect(choice == .whole)
    #expect(PhotoChoice(button).box.width >= CropBox.smallest)
  }

  @Test func smallGarmentsAreOnTop() {
    #expect([top, trousers, button].fromTheBack == [trousers, top, button])
    #expect([button, top].fromTheBack == [top, button])
  }

  @Test func garmentsOfOneKindAreCounted() {
    let all = [top, trousers, button]
    #expect(all.map { all.number(of: $0) } == [1, nil, 2])
  }

  /// As in the web app (web/src/detect/garments.ts).
  @Test func whatAPhotoIsAbout() {
    #expect(detection().main == nil)
    #expect(detection(top).main == top)
    #expect(detection(top, trousers).main == nil)  // both stand out
    #expect(detection(button, top).main == top)
    #expect(detection(button).main == nil)  // too small
    let all = GarmentTests.garment(0, "dresses", PhotoBox(left: 0, top: 0, right: 1, bottom: 0.9))
    #expect(detection(all).main == nil && detection(all).choices.isEmpty)
    #expect(detection(all, top).choices == [all, top])
    #expect(detection(top).choices == [top])
  }
}
