import FindThisFitKit
import SwiftUI

/// Crops the chosen photo to one garment: one that the server has found is tapped, and edges and corners are dragged.
/// VoiceOver names the garments, and moves each edge in steps.
struct CropView: View {
  let model: SearchModel
  @Environment(\.dismiss) private var dismiss
  @State private var choice: PhotoChoice

  init(model: SearchModel) {
    self.model = model
    _choice = State(initialValue: model.choice)
  }

  var body: some View {
    NavigationStack {
      VStack(spacing: 16) {
        if let data = model.original, let image = UIImage(data: data) {
          Image(uiImage: image)
            .resizable()
            .scaledToFit()
            .accessibilityLabel(Text("Your photo"))
            .overlay { GeometryReader { space in parts(space.size) } }
            .leftIsLeft()
        }
        GarmentRow(garments: model.garments, choice: choice) { choice = $0 }
      }
      .padding()
      .navigationTitle("Crop to one garment")
      .toolbar {
        ToolbarItem(placement: .cancellationAction) {
          Button("Use the whole photo") { finish(.whole) }
        }
        ToolbarItem(placement: .confirmationAction) {
          Button("Done") { finish(choice) }
        }
      }
    }
  }

  private func parts(_ size: CGSize) -> some View {
    ZStack(alignment: .topLeading) {
      GarmentBoxes(garments: model.garments, choice: choice, size: size) { choice = $0 }
      CropFrame(choice: $choice, size: size)
    }
  }

  private func finish(_ choice: PhotoChoice) {
    model.choose(choice)
    dismiss()
  }
}

/// The frame around the part, with a handle on each edge and corner.
private struct CropFrame: View {
  @Binding var choice: PhotoChoice
  let size: CGSize

  var body: some View {
    let box = choice.box
    ZStack(alignment: .topLeading) {
      ChosenPart(box: box, size: size)
      ForEach(CropHandle.allCases, id: \.self) { handle in
        HandleKnob(handle: handle)
          .position(x: box.x(of: handle) * size.width, y: box.y(of: handle) * size.height)
          .gesture(DragGesture().onChanged { drag in move(handle, to: drag.location) })
          .accessibilityHidden(handle.isCorner)  // its edges do the same, one after the other
          .accessibilityLabel(Text(handle.name))
          .accessibilityValue(Text(place(of: handle), format: .percent.precision(.fractionLength(0))))
          .accessibilityAdjustableAction { direction in
            choice.grow(at: handle, by: direction == .increment ? 0.05 : -0.05)
          }
      }
    }
    .accessibilityElement(children: .contain)
    .accessibilityLabel(Text("Part of the photo to search with"))
  }

  /// How far an edge is from the left or the top of the photo.
  private func place(of handle: CropHandle) -> Double {
    handle.isUpright ? choice.box.x(of: handle) : choice.box.y(of: handle)
  }

  private func move(_ handle: CropHandle, to point: CGPoint) {
    choice.move(handle, toX: point.x / size.width, y: point.y / size.height)
  }
}

/// The frame itself. What is below it can be tapped.
struct ChosenPart: View {
  let box: CropBox
  let size: CGSize  // of the photo on the screen

  var body: some View {
    Rectangle()
      .stroke(Color("Accent"), lineWidth: 2)
      .frame(width: box.width * size.width, height: box.height * size.height)
      .position(x: (box.x + box.width / 2) * size.width, y: (box.y + box.height / 2) * size.height)
      .allowsHitTesting(false)
      .accessibilityHidden(true)
  }
}

/// What a finger drags. It reacts within 44 points.
private struct HandleKnob: View {
  let handle: CropHandle

  var body: some View {
    if handle.isCorner {
      Circle().fill(Color("Accent")).frame(width: 28, height: 28).contentShape(Rectangle().inset(by: -8))
    } else {
      Capsule().fill(Color("Accent"))
        .frame(width: handle.isUpright ? 10 : 36, height: handle.isUpright ? 36 : 10)
        .contentShape(Rectangle().inset(by: -17))
    }
  }
}

extension CropHandle {
  fileprivate var isUpright: Bool { self == .left || self == .right }

  fileprivate var name: String {
    switch self {
    case .left: String(localized: "Left edge")
    case .right: String(localized: "Right edge")
    case .top: String(localized: "Top edge")
    case .bottom: String(localized: "Bottom edge")
    default: ""
    }
  }
}

extension View {
  /// A photo is the same in every language, and so are the places in it: nothing is mirrored from right to left.
  func leftIsLeft() -> some View { environment(\.layoutDirection, .leftToRight) }
}
