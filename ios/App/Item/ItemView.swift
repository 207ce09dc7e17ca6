import FindThisFitKit
import SwiftUI

/// An item with all its photos, where it is sold, and what looks like it.
struct ItemView: View {
  @Environment(AppSession.self) private var session
  @Environment(Navigation.self) private var navigation
  @Environment(\.openURL) private var openURL
  @State private var model: ItemModel

  init(services: Services, id: String) {
    _model = State(initialValue: ItemModel(id: id, client: services.client))
  }

  var body: some View {
    ScrollView {
      switch model.state {
      case .loading: ProgressView().padding()
      case .gone: ContentUnavailableView("This item is not there any more", systemImage: "hanger")
      case .failed(let message): FailureView(message: message) { await model.load() }
      case .shown: if let item = model.item { details(item) }
      }
    }
    .background(Color("Ground"))
    .navigationTitle(Text(verbatim: model.item.map { SearchResult($0).titleText } ?? ""))
    .navigationBarTitleDisplayMode(.inline)
    .task { await model.load() }
  }

  private func details(_ item: Item) -> some View {
    VStack(alignment: .leading, spacing: 16) {
      Gallery(images: item.images) { image in searchPhoto(image) }
      VStack(alignment: .leading, spacing: 8) {
        if let brand = item.brand { Text(brand).font(.subheadline).foregroundStyle(.secondary) }
        Text(SearchResult(item).titleText).font(.title2).accessibilityAddTraits(.isHeader)
        if let price = formattedPrice(item.price, item.currency) { Text(price).font(.title3).bold() }
        if let size = item.size { Text("Size \(size)") }
        if item.status != "active" { Text("Not for sale at the moment").foregroundStyle(Color("Bad")) }
        actions(item)
        if let text = item.description { Text(text) }
        ItemProperties(item: item)
        PriceHistory(entries: model.prices)
      }
      .padding(.horizontal)
      alikes
    }
  }

  private func actions(_ item: Item) -> some View {
    HStack {
      if !model.addresses.isEmpty {
        Button {
          open(model.addresses[...])
        } label: {
          Label("Open at \(item.source)", systemImage: "arrow.up.right.square")
        }
        .buttonStyle(.borderedProminent)
      }
      let isSaved = session.saved?.isSaved(item.id) == true
      Button {
        Task { await session.saved?.toggle(SearchResult(item)) }
      } label: {
        Label(isSaved ? "Remove from saved" : "Save", systemImage: isSaved ? "heart.fill" : "heart")
      }
      .buttonStyle(.bordered)
      Button {
        Task { await model.give(.like) }
      } label: {
        Label("Like", systemImage: model.given?.signal == "like" ? "hand.thumbsup.fill" : "hand.thumbsup")
      }
      Button {
        Task { await model.give(.dislike) }
      } label: {
        Label("Not for me", systemImage: model.given?.signal == "dislike" ? "hand.thumbsdown.fill" : "hand.thumbsdown")
      }
    }
    .labelStyle(.iconOnly)
  }

  @ViewBuilder private var alikes: some View {
    if !model.alikes.isEmpty {
      Text("More like this").font(.headline).padding(.horizontal).accessibilityAddTraits(.isHeader)
      LazyVGrid(columns: cardColumns, spacing: 20) {
        ForEach(model.alikes) { result in
          Button {
            navigation.show(.item(id: result.id))
          } label: {
            ResultCard(result: result, match: Match(result, hasExample: true))
          }
          .buttonStyle(.plain)
        }
      }
      .padding(.horizontal)
    }
  }

  /// Opens the first address that something on the device accepts: the marketplace's app, then the page.
  private func open(_ addresses: ArraySlice<URL>) {
    guard let first = addresses.first else { return }
    openURL(first) { accepted in
      if !accepted { open(addresses.dropFirst()) }
    }
  }

  private func searchPhoto(_ image: ItemImage) {
    guard let services = session.services else { return }
    Task {
      guard let data = try? await services.images.image(image.url, of: services.client),
        let photo = services.photos.photo(data)
      else { return }
      navigation.show(.results(SearchQuery(photo: photo)))
    }
  }
}

/// The photos of an item, one at a time.
private struct Gallery: View {
  let images: [ItemImage]
  let search: @MainActor (ItemImage) -> Void

  var body: some View {
    TabView {
      ForEach(images) { image in
        RemoteImage(reference: image.url)
          .overlay(alignment: .bottomTrailing) {
            Button {
              search(image)
            } label: {
              Label("Search with this photo", systemImage: "viewfinder")
            }
            .buttonStyle(.borderedProminent)
            .padding()
          }
      }
    }
    .tabViewStyle(.page)
    .aspectRatio(4.0 / 5.0, contentMode: .fit)
    .accessibilityLabel(Text("\(images.count) photos"))
  }
}

private struct ItemProperties: View {
  let item: Item

  var body: some View {
    ForEach(FilterName.allCases, id: \.self) { name in
      if let value = item.properties[name.rawValue] {
        LabeledContent {
          Text(verbatim: value)
        } label: {
          Text(name.title)
        }
      }
    }
  }
}

private struct PriceHistory: View {
  let entries: [ItemHistory.Entry]

  var body: some View {
    if !entries.isEmpty {
      Text("Prices so far").font(.headline).accessibilityAddTraits(.isHeader)
      ForEach(entries, id: \.since) { entry in
        LabeledContent {
          Text(verbatim: formattedPrice(entry.price, entry.currency) ?? "–")
        } label: {
          Text(entry.since, format: .dateTime.day().month().year())
        }
      }
    }
  }
}
