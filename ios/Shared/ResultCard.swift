import FindThisFitKit
import SwiftUI

/// A result in the grid: its image, how well it matches, title, price and size.
struct ResultCard: View {
  let result: SearchResult
  let match: Match?

  var body: some View {
    VStack(alignment: .leading, spacing: 6) {
      RemoteImage(reference: result.thumbnailUrl)
        .aspectRatio(4.0 / 5.0, contentMode: .fit)
        .clipShape(RoundedRectangle(cornerRadius: 16))
        .overlay(alignment: .topLeading) {
          if let match {
            Text(match.text)
              .font(.caption)
              .padding(6)
              .background(.thinMaterial, in: Capsule())
              .padding(8)
          }
        }
      Text(result.titleText).font(.subheadline).lineLimit(2)
      HStack {
        if let price = result.priceText { Text(price).font(.subheadline).bold() }
        Spacer()
        if let size = result.size { Text(size).font(.caption).foregroundStyle(.secondary) }
      }
    }
    .accessibilityElement(children: .ignore)
    .accessibilityLabel(Text(result.spoken(match)))
    .accessibilityAddTraits(.isButton)
  }
}

/// The columns of a grid of cards, by the width there is.
let cardColumns = [GridItem(.adaptive(minimum: 150), spacing: 16, alignment: .top)]
