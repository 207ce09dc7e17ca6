#include "search/memory_columns.h"

#include <algorithm>

#include "search/nothing_matches.h"

namespace fit::search {
namespace {

// The items of a selection that these or other columns made; get() returns nullptr for all items.
class SelectedItems {
 public:
  SelectedItems(const index::ColumnStore& columns, const Selection& selection) {
    if (selection.items) {
      items_ = &*selection.items;
    } else if (!selection.selects_all) {
      own_ = columns.matching(selection.filter);
      if (own_) items_ = &*own_;
    }
  }
  SelectedItems(const SelectedItems&) = delete;
  SelectedItems& operator=(const SelectedItems&) = delete;

  const index::ItemSet* get() const { return items_; }

 private:
  std::optional<index::ItemSet> own_;
  const index::ItemSet* items_ = nullptr;
};

// The explanation that no item has one of the values; empty when some item has one.
std::string missing_value(const index::ColumnStore& columns, const ValueSet& values) {
  if (columns.has_value(values)) return {};
  const std::vector<std::string> known = columns.values_of(values.column);
  const std::vector<std::string_view> names(known.begin(), known.end());
  return no_such_value(values, names);
}

}  // namespace

Result<Selection> MemoryColumns::select(const Filter& filter) const {
  Selection selection{.filter = filter, .items = columns_.matching(filter)};
  selection.selects_all = !selection.items;
  selection.estimate = selection.items ? selection.items->size() : columns_.size();
  return selection;
}

Result<bool> MemoryColumns::is_empty(const Selection& selection) const {
  const SelectedItems items(columns_, selection);
  return items.get() != nullptr && items.get()->size() == 0;
}

Result<std::vector<domain::Facet>> MemoryColumns::facets(std::span<const std::string> names,
                                                         const Selection& selection, std::size_t most,
                                                         const domain::PriceUnit* unit) const {
  return columns_.facets(names, SelectedItems(columns_, selection).get(), most, unit);
}

Result<std::vector<ItemId>> MemoryColumns::first_with(const std::string& column,
                                                      std::span<const std::string> values,
                                                      const Selection& selection) const {
  return columns_.first_with(column, values, SelectedItems(columns_, selection).get());
}

Result<std::vector<ItemId>> MemoryColumns::latest(const Selection& selection, std::size_t limit) const {
  return columns_.latest(SelectedItems(columns_, selection).get(), limit);
}

Result<std::vector<domain::SortedItem>> MemoryColumns::sorted(const Selection& selection,
                                                              const domain::SortRequest& request) const {
  return columns_.sorted(SelectedItems(columns_, selection).get(), request);
}

Result<std::vector<std::vector<PropertyMatch>>> MemoryColumns::match(
    std::span<const ItemId> items, std::span<const PropertyCondition> conditions) const {
  std::vector<std::vector<PropertyMatch>> matches;
  matches.reserve(conditions.size());
  for (const PropertyCondition& one : conditions) {
    const auto codes = columns_.codes(domain::property_column(one.property), items, one.values);
    auto& of_items = matches.emplace_back();
    of_items.reserve(items.size());
    for (const std::uint32_t code : codes.items) {
      const bool is_equal = std::ranges::contains(codes.values, code);
      of_items.push_back(code == 0  ? PropertyMatch::kUnknown
                         : is_equal ? PropertyMatch::kEqual
                                    : PropertyMatch::kDifferent);
    }
  }
  return matches;
}

Result<std::vector<std::string>> MemoryColumns::property_of(std::span<const ItemId> items,
                                                            std::size_t property) const {
  return columns_.texts(domain::property_column(property), items);
}

Result<std::vector<double>> MemoryColumns::freshness(std::span<const ItemId> items, Timestamp now) const {
  std::vector<double> freshness;
  freshness.reserve(items.size());
  for (const auto& time : columns_.listing_times(items))
    freshness.push_back(time ? freshness_of(*time, now) : 0);
  return freshness;
}

Result<std::string> MemoryColumns::explain_empty(const Filter& filter) const {
  if (columns_.size() == 0) return std::string("the catalogue is empty");
  for (const ValueSet& values : filter.any_of) {
    if (std::string reason = missing_value(columns_, values); !reason.empty()) return reason;
  }
  return contradiction(filter, [this](const Filter& part) -> Result<bool> {
    const auto items = columns_.matching(part);
    return items && items->size() == 0;
  });
}

std::optional<PropertyValues::FoundValue> MemoryColumns::find_value(
    const std::string& value, std::optional<std::size_t> property) const {
  return most_frequent(property, columns_.property_counts(value));
}

std::vector<std::string> MemoryColumns::values_after(std::size_t property, std::size_t seen) const {
  return columns_.property_texts(property, seen);
}

}  // namespace fit::search
