import FindThisFitKit
import SwiftUI

/// The garments that the server has found, as frames over the photo. A tap chooses one.
struct GarmentBoxes: View {
  let garments: [DetectedGarment]
  let choice: PhotoChoice
  let size: CGSize  // of the photo on the screen
  let choose: @MainActor (PhotoChoice) -> Void

  var body: some View {
    ZStack(alignment: .topLeading) {
      ForEach(garments.fromTheBack) { garment in
        let box = CropBox(garment.box)
        let isChosen = choice.garment == garment
        Button {
          choose(PhotoChoice(garment))
        } label: {
          GarmentOutline(isChosen: isChosen).contentShape(Rectangle())
        }
        .buttonStyle(.plain)
        .frame(width: box.width * size.width, height: box.height * size.height)
        .position(x: (box.x + box.width / 2) * size.width, y: (box.y + box.height / 2) * size.height)
        .accessibilityLabel(Text(garments.spoken(garment)))
        .accessibilityAddTraits(isChosen ? .isSelected : [])
        .accessibilitySortPriority(Double(-garment.index))  // the most prominent first
      }
    }
  }
}

/// Two lines, so that the frame is seen on light and dark photos.
private struct GarmentOutline: View {
  let isChosen: Bool

  var body: some View {
    ZStack {
      RoundedRectangle(cornerRadius: 8).stroke(Color.black, lineWidth: isChosen ? 5 : 3)
      RoundedRectangle(cornerRadius: 8).stroke(isChosen ? Color("Accent") : Color.white, lineWidth: isChosen ? 3 : 1)
    }
  }
}

/// The garments by name, after the whole photo. It scrolls where the names are long or the text is large.
struct GarmentRow: View {
  let garments: [DetectedGarment]
  let choice: PhotoChoice
  let choose: @MainActor (PhotoChoice) -> Void

  var body: some View {
    if !garments.isEmpty {
      ScrollView(.horizontal, showsIndicators: false) {
        HStack {
          GarmentButton(name: String(localized: "Whole photo"), isChosen: choice.isWhole) { choose(.whole) }
          ForEach(garments) { garment in
            GarmentButton(name: garments.name(of: garment), isChosen: choice.garment == garment) {
              choose(PhotoChoice(garment))
            }
            .accessibilityLabel(Text(garments.spoken(garment)))
          }
        }
      }
    }
  }
}

private struct GarmentButton: View {
  let name: String
  let isChosen: Bool
  let choose: @MainActor () -> Void

  var body: some View {
    Button(name) { choose() }
      .buttonStyle(.bordered)
      .tint(isChosen ? Color("Accent") : Color("Soft"))
      .accessibilityAddTraits(isChosen ? .isSelected : [])
  }
}

extension [DetectedGarment] {
  /// "Top", or "Top 2" where several are alike.
  fileprivate func name(of garment: DetectedGarment) -> String {
    guard let number = number(of: garment) else { return garment.kind }
    return [garment.kind, number.formatted()].joined(separator: " ")
  }

  /// What VoiceOver says of a garment.
  fileprivate func spoken(_ garment: DetectedGarment) -> String {
    let number = (firstIndex(of: garment) ?? 0) + 1
    return String(localized: "\(garment.kind), garment \(number) of \(count)")
  }
}

extension DetectedGarment {
  /// The category in the language of the person. Those of other models are the server's words.
  fileprivate var kind: String {
    switch category {
    case "tops": String(localized: "Top")
    case "bottoms": String(localized: "Bottoms")
    case "outerwear": String(localized: "Outerwear")
    case "dresses": String(localized: "Dress")
    case "shoes": String(localized: "Shoes")
    case "bags": String(localized: "Bag")
    case "accessories": String(localized: "Accessory")
    case "underwear": String(localized: "Underwear")
    case "beauty": String(localized: "Beauty")
    default: category.prefix(1).uppercased() + category.dropFirst()
    }
  }
}
