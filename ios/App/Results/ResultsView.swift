import FindThisFitKit
import SwiftUI

/// The results of a query in a grid, with filters, colours and paging.
struct ResultsView: View {
  let services: Services
  @Environment(AppSession.self) private var session
  @Environment(Navigation.self) private var navigation
  @Environment(\.scenePhase) private var phase
  @State private var model: ResultsModel
  @State private var showsFilters = false
  @State private var showsSaving = false
  private let query: SearchQuery
  private let recent: RecentSearch?

  init(services: Services, query: SearchQuery) {
    self.init(services: services, query: query, recent: nil)
  }

  init(services: Services, recent: RecentSearch) {
    self.init(services: services, query: recent.query, recent: recent)
  }

  private init(services: Services, query: SearchQuery, recent: RecentSearch?) {
    self.services = services
    self.query = query
    self.recent = recent
    _model = State(initialValue: ResultsModel(client: services.client, recents: services.recents))
  }

  var body: some View {
    ScrollView {
      VStack(alignment: .leading, spacing: 16) {
        ResultNotes(model: model)
        ColourRow(model: model)
        if case .failed(let message) = model.state {
          FailureView(message: message) { await model.again() }
        } else if model.state == .shown && model.results.isEmpty {
          NoResultsView(model: model)
        }
        grid
      }
      .padding()
    }
    .background(Color("Ground"))
    .navigationTitle("Look-alikes")
    .toolbar {
      ToolbarItem(placement: .primaryAction) {
        Button {
          showsFilters = true
        } label: {
          Label("Filters", systemImage: "line.3.horizontal.decrease.circle")
        }
        .accessibilityValue(Text("\(model.query.filters.count) chosen"))
      }
      ToolbarItem(placement: .primaryAction) {
        Button {
          showsSaving = true
        } label: {
          Label("Tell me of new ones", systemImage: "bell")
        }
        .disabled(model.query.isEmpty && model.query.filters.isEmpty)
      }
    }
    .sheet(isPresented: $showsFilters) { FilterSheet(model: model) }
    .sheet(isPresented: $showsSaving) { SaveSearchSheet(query: model.query) }
    .refreshable { await model.again() }
    .task { await begin() }
    .onChange(of: phase) { _, phase in follow(phase) }
  }

  private var grid: some View {
    LazyVGrid(columns: cardColumns, spacing: 20) {
      ForEach(model.results) { result in
        Button {
          navigation.show(.item(id: result.id))
        } label: {
          ResultCard(result: result, match: model.match(of: result))
        }
        .buttonStyle(.plain)
        .contextMenu { menu(result) }
        .onAppear { if result.id == model.results.last?.id { Task { await model.loadMore() } } }
      }
    }
  }

  @ViewBuilder private func menu(_ result: SearchResult) -> some View {
    Button {
      Task { await session.saved?.toggle(result) }
    } label: {
      Label(session.saved?.isSaved(result.id) == true ? "Remove from saved" : "Save", systemImage: "heart")
    }
    Button {
      navigation.show(.results(SearchQuery(itemID: result.id)))
    } label: {
      Label("More like this", systemImage: "sparkle.magnifyingglass")
    }
    Button {
      Task { await model.change { $0.toggle(result.id, in: \.like) } }
    } label: {
      Label("Find more in this direction", systemImage: "hand.thumbsup")
    }
    Button {
      Task { await model.change { $0.toggle(result.id, in: \.unlike) } }
    } label: {
      Label("Find less like this", systemImage: "hand.thumbsdown")
    }
  }

  /// A photo that is on its way goes on without the app. Whoever comes back sees what was found meanwhile.
  private func follow(_ phase: ScenePhase) {
    if phase == .background, case .loading = model.state, let background = session.background {
      let query = model.query
      Task { try? await background.begin(query, with: services.client) }
    }
    if phase == .active, model.state == .failed(.unreachable) { Task { await model.again() } }
  }

  private func begin() async {
    guard model.state == .idle else { return }  // the page is shown again
    if let recent {
      await model.show(recent)
    } else {
      await model.show(query)
    }
  }
}

/// What is said above the results: progress, how the words were read, and that there was no network.
private struct ResultNotes: View {
  let model: ResultsModel

  var body: some View {
    if case .loading(let sent) = model.state {
      if let sent, sent < 1 {
        ProgressView(value: sent) { Text("Sending the photo") }
      } else {
        ProgressView().frame(maxWidth: .infinity)
      }
    }
    if let date = model.foundEarlier {
      Label("Found earlier: \(date.formatted(.relative(presentation: .named)))", systemImage: "wifi.slash")
        .foregroundStyle(.secondary)
    }
    ForEach(model.readAs?.corrected ?? [], id: \.from) { corrected in
      Text("Showing results for “\(corrected.to)” instead of “\(corrected.from)”").foregroundStyle(.secondary)
    }
    ForEach((model.readAs?.givenUp ?? [:]).sorted { $0.key < $1.key }, id: \.key) { _, values in
      Text("Nothing is \(values.formatted(.list(type: .or))): showing others").foregroundStyle(.secondary)
    }
    if !model.predicted.isEmpty {
      Text("Looks like \(model.looksLike)").font(.subheadline)
    }
  }
}

extension ResultsModel {
  /// What the model is sure to see in the photo, in one line.
  fileprivate var looksLike: String {
    ["primary_color", "pattern", "subcategory"].compactMap { predicted[$0] }.filter { $0.confidence >= 0.5 }
      .map(\.value).joined(separator: " ")
  }
}

/// "This, but in": a colour beside an example.
private struct ColourRow: View {
  let model: ResultsModel
  private static let colours = [
    "black", "white", "gray", "beige", "brown", "red", "orange", "yellow", "green", "blue", "purple", "pink",
  ]

  var body: some View {
    if model.query.hasExample {
      ScrollView(.horizontal, showsIndicators: false) {
        HStack {
          Text("This, but in").font(.subheadline)
          ForEach(ColourRow.colours, id: \.self) { colour in
            let isChosen = model.query.colour == colour
            Button {
              Task { await model.change { $0.colour = isChosen ? nil : colour } }
            } label: {
              Text(LocalizedStringKey(colour))
            }
            .buttonStyle(.bordered)
            .tint(isChosen ? Color("Accent") : Color("Soft"))
            .accessibilityAddTraits(isChosen ? .isSelected : [])
          }
        }
      }
    }
  }
}

/// Why there is nothing, and what can be done.
private struct NoResultsView: View {
  let model: ResultsModel

  var body: some View {
    ContentUnavailableView {
      Label("Nothing matches", systemImage: "magnifyingglass")
    } description: {
      Text("Try another photo, or other or fewer words.")
    } actions: {
      if !model.query.showsWeakMatches {
        Button("Show weaker matches") { Task { await model.change { $0.showsWeakMatches = true } } }
      }
      if !model.query.filters.isEmpty {
        Button("Without any filter") { Task { await model.change { $0.filters = Filters() } } }
      }
    }
  }
}

/// A failure with another try.
struct FailureView: View {
  let message: ErrorMessage
  let again: @MainActor () async -> Void

  var body: some View {
    ContentUnavailableView {
      Label(message.text, systemImage: message == .unreachable ? "wifi.slash" : "exclamationmark.triangle")
    } actions: {
      Button("Try again") { Task { await again() } }
    }
  }
}
