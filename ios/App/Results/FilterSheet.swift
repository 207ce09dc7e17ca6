import FindThisFitKit
import SwiftUI

/// The filters: values with their counts, prices, order, and what is left out by default.
struct FilterSheet: View {
  let model: ResultsModel
  @Environment(AppSession.self) private var session
  @Environment(\.dismiss) private var dismiss
  @State private var query: SearchQuery

  init(model: ResultsModel) {
    self.model = model
    _query = State(initialValue: model.query)
  }

  var body: some View {
    NavigationStack {
      Form {
        Section("Order") {
          Picker("Order", selection: $query.sort) {
            ForEach(ResultOrder.allCases, id: \.self) { Text($0.title).tag($0) }
          }
          Toggle("Show weaker matches", isOn: $query.showsWeakMatches)
          Toggle("Show duplicates", isOn: $query.showsDuplicates)
          Toggle("Use my taste", isOn: $query.usesTaste)
        }
        Section("Price") {
          TextField("Lowest price", value: $query.filters.lowestPrice, format: .number).keyboardType(.decimalPad)
          TextField("Highest price", value: $query.filters.highestPrice, format: .number).keyboardType(.decimalPad)
        }
        ForEach(FilterName.allCases, id: \.self) { name in
          if let values = model.facets[name.rawValue]?.values, !values.isEmpty {
            Section {
              FacetRows(name: name, values: values, filters: $query.filters)
            } header: {
              Text(name.title)
            }
          }
        }
      }
      .navigationTitle("Filters")
      .toolbar {
        ToolbarItem(placement: .cancellationAction) {
          Button("Clear all") { query.filters = Filters() }.disabled(query.filters.isEmpty)
        }
        ToolbarItem(placement: .confirmationAction) { Button("Show results") { apply() } }
      }
    }
  }

  private func apply() {
    let chosen = query
    dismiss()
    Task { await model.change { $0 = chosen } }
  }
}

/// The values of one column; the rest of a long list is behind a row.
private struct FacetRows: View {
  let name: FilterName
  let values: [Facet.Value]
  @Binding var filters: Filters
  @State private var showsAll = false

  var body: some View {
    ForEach(showsAll ? values : Array(values.prefix(6)), id: \.value) { value in
      let isChosen = filters.has(value.value, of: name)
      Button {
        filters.toggle(value.value, of: name)
      } label: {
        HStack {
          Text(verbatim: value.value)
          Spacer()
          Text(verbatim: "\(value.count)").foregroundStyle(.secondary)
          if isChosen { Image(systemName: "checkmark") }
        }
      }
      .accessibilityAddTraits(isChosen ? .isSelected : [])
    }
    if values.count > 6, !showsAll { Button("Show more") { showsAll = true } }
  }
}

extension ResultOrder {
  fileprivate var title: String {
    switch self {
    case .relevance: String(localized: "Best match")
    case .newest: String(localized: "Newest first")
    case .cheapest: String(localized: "Price: low to high")
    case .dearest: String(localized: "Price: high to low")
    }
  }
}
