import FindThisFitKit
import SwiftUI

/// Crops the chosen photo to one garment. Each corner can be dragged; VoiceOver changes the sides in steps.
struct CropView: View {
  let model: SearchModel
  @Environment(\.dismiss) private var dismiss
  @State private var box: CropBox

  init(model: SearchModel) {
    self.model = model
    _box = State(initialValue: model.crop)
  }

  var body: some View {
    NavigationStack {
      Group {
        if let data = model.original, let image = UIImage(data: data) {
          Image(uiImage: image)
            .resizable()
            .scaledToFit()
            .overlay { GeometryReader { space in CropFrame(box: $box, size: space.size) } }
            .padding()
        }
      }
      .navigationTitle("Crop to one garment")
      .toolbar {
        ToolbarItem(placement: .cancellationAction) {
          Button("Use the whole photo") { finish(.whole) }
        }
        ToolbarItem(placement: .confirmationAction) {
          Button("Done") { finish(box) }
        }
      }
    }
  }

  private func finish(_ box: CropBox) {
    model.crop = box
    dismiss()
  }
}

/// The frame over the photo with its four handles.
private struct CropFrame: View {
  @Binding var box: CropBox
  let size: CGSize

  var body: some View {
    ZStack(alignment: .topLeading) {
      Rectangle()
        .stroke(Color("Accent"), lineWidth: 2)
        .frame(width: box.width * size.width, height: box.height * size.height)
        .offset(x: box.x * size.width, y: box.y * size.height)
      ForEach(CropCorner.allCases, id: \.self) { corner in
        Circle()
          .fill(Color("Accent"))
          .frame(width: 28, height: 28)
          .contentShape(Rectangle().inset(by: -8))
          .position(x: box.x(of: corner) * size.width, y: box.y(of: corner) * size.height)
          .gesture(DragGesture().onChanged { drag in move(corner, to: drag.location) })
          .accessibilityLabel(Text(corner.name))
          .accessibilityAdjustableAction { direction in
            box = box.growing(at: corner, by: direction == .increment ? 0.05 : -0.05)
          }
      }
    }
    .accessibilityElement(children: .contain)
    .accessibilityLabel(Text("Part of the photo to search with"))
  }

  private func move(_ corner: CropCorner, to point: CGPoint) {
    box = box.moving(corner, toX: point.x / size.width, y: point.y / size.height)
  }
}

extension CropCorner {
  fileprivate var name: String {
    switch self {
    case .topLeft: String(localized: "Top left corner")
    case .topRight: String(localized: "Top right corner")
    case .bottomLeft: String(localized: "Bottom left corner")
    case .bottomRight: String(localized: "Bottom right corner")
    }
  }
}
