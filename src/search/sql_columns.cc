#include "search/sql_columns.h"

#include <algorithm>
#include <unordered_map>

#include "base/text.h"
#include "domain/filter_columns.h"
#include "search/nothing_matches.h"
#include "search/query_timer.h"

namespace fit::search {
namespace {

constexpr std::size_t kMostListed = 50'000;
constexpr std::size_t kSuggested = 10'000;  // limit of the values among which a suggestion is searched

// The filter columns of items by id.
class ColumnsOfItems {
 public:
  static Result<ColumnsOfItems> read(store::Catalogue& store, std::span<const ItemId> items) {
    ColumnsOfItems read;
    FIT_TRY(read.found_, store.items().filter_columns(items));
    for (const domain::FilterColumns& one : read.found_) read.by_item_.emplace(one.id, &one);
    return read;
  }
  // nullptr when the item has been removed.
  const domain::FilterColumns* of(ItemId item) const {
    const auto found = by_item_.find(item);
    return found == by_item_.end() ? nullptr : found->second;
  }

 private:
  std::vector<domain::FilterColumns> found_;
  std::unordered_map<ItemId, const domain::FilterColumns*> by_item_;
};

// The item's value of a property in lower case; empty when it has none.
std::string property_value(const domain::FilterColumns* columns, std::size_t property) {
  return columns == nullptr ? std::string() : to_lower(columns->properties[property]);
}

}  // namespace

SqlColumns::SqlColumns(store::Catalogue& store, store::VectorSearch& search, Metrics& metrics,
                       std::chrono::milliseconds values_age)
    : store_(store),
      search_(search),
      values_(store, search, values_age),
      items_seconds_(database_query_seconds(metrics, "facts")),
      facets_seconds_(database_query_seconds(metrics, "facets")) {}

Result<Selection> SqlColumns::select(const Filter& filter) const {
  return Selection{.filter = filter};
}

Result<bool> SqlColumns::is_empty(const Selection& selection) const {
  if (selection.filter.empty()) return false;
  FIT_TRY(const bool some, search_.any(selection.filter));
  return !some;
}

Result<std::vector<ItemId>> SqlColumns::first_with(const std::string& column,
                                                   std::span<const std::string> values,
                                                   const Selection& selection) const {
  return search_.first_with({.column = column, .values = {values.begin(), values.end()}}, selection.filter);
}

Result<std::vector<ItemId>> SqlColumns::latest(const Selection& selection, std::size_t limit) const {
  return search_.latest(selection.filter, limit);
}

Result<std::vector<domain::SortedItem>> SqlColumns::sorted(const Selection& selection,
                                                           const domain::SortRequest& request) const {
  return search_.sorted(selection.filter, request);
}

Result<std::vector<std::vector<PropertyMatch>>> SqlColumns::match(
    std::span<const ItemId> items, std::span<const PropertyCondition> conditions) const {
  const QueryTimer timer(items_seconds_);
  FIT_TRY(const auto columns, ColumnsOfItems::read(store_, items));
  std::vector<std::vector<PropertyMatch>> matches(conditions.size());
  for (std::size_t i = 0; i < conditions.size(); ++i) {
    for (const ItemId item : items) {
      const std::string value = property_value(columns.of(item), conditions[i].property);
      matches[i].push_back(value.empty()                                        ? PropertyMatch::kUnknown
                           : std::ranges::contains(conditions[i].values, value) ? PropertyMatch::kEqual
                                                                                : PropertyMatch::kDifferent);
    }
  }
  return matches;
}

Result<std::vector<std::string>> SqlColumns::property_of(std::span<const ItemId> items,
                                                         std::size_t property) const {
  FIT_TRY(const auto columns, ColumnsOfItems::read(store_, items));
  std::vector<std::string> values;
  values.reserve(items.size());
  for (const ItemId item : items) values.push_back(property_value(columns.of(item), property));
  return values;
}

Result<std::vector<double>> SqlColumns::freshness(std::span<const ItemId> items, Timestamp now) const {
  FIT_TRY(const auto columns, ColumnsOfItems::read(store_, items));
  std::vector<double> freshness;
  freshness.reserve(items.size());
  for (const ItemId item : items) {
    const domain::FilterColumns* const known = columns.of(item);
    const bool is_known = known != nullptr && known->listed_at;
    freshness.push_back(is_known ? freshness_of(*known->listed_at, now) : 0);
  }
  return freshness;
}

Result<domain::Facet> SqlColumns::text_facet(const std::string& name, const Filter& filter,
                                             std::size_t most) const {
  FIT_TRY(auto counted, search_.value_spread(name, filter, most));
  domain::Facet facet{.name = name};
  for (store::ValueCount& one : counted.values)
    facet.values.push_back({std::move(one.text), static_cast<std::size_t>(one.items)});
  facet.others = static_cast<std::size_t>(counted.others);
  facet.missing = static_cast<std::size_t>(counted.missing);
  return facet;
}

Result<domain::Facet> SqlColumns::price_facet(const Filter& filter, const domain::PriceUnit* unit) const {
  FIT_TRY(const auto prices, search_.price_spread(filter, unit));
  domain::Facet facet{.name = std::string(domain::kPriceColumn)};
  facet.missing = static_cast<std::size_t>(prices.missing);
  if (!prices.lowest) return facet;
  facet.lowest = prices.lowest;
  facet.highest = prices.highest;
  const std::vector<double> edges = domain::price_edges(*prices.lowest, *prices.highest);
  FIT_TRY(const auto counts, search_.price_histogram(filter, edges, unit));
  for (std::size_t i = 0; i < counts.size(); ++i)
    facet.histogram.push_back({edges[i], edges[i + 1], static_cast<std::size_t>(counts[i])});
  return facet;
}

Result<std::vector<domain::Facet>> SqlColumns::facets(std::span<const std::string> names,
                                                      const Selection& selection, std::size_t most,
                                                      const domain::PriceUnit* unit) const {
  const QueryTimer timer(facets_seconds_);
  std::vector<domain::Facet> facets;
  for (const std::string& name : names) {
    FIT_TRY(auto facet, name == domain::kPriceColumn ? price_facet(selection.filter, unit)
                                                     : text_facet(name, selection.filter, most));
    facets.push_back(std::move(facet));
  }
  return facets;
}

// The explanation that no item has one of the values; empty when some item has one.
Result<std::string> SqlColumns::missing_value(const ValueSet& values) const {
  FIT_TRY(const bool some, search_.has_value(values));
  if (some) return std::string();
  const std::string_view column = values.column;
  FIT_TRY(const auto known, search_.values(std::span(&column, 1), kSuggested));
  std::vector<std::string_view> names;
  for (const auto& one : known) names.emplace_back(one.count.text);
  return no_such_value(values, names);
}

Result<std::string> SqlColumns::explain_empty(const Filter& filter) const {
  FIT_TRY(const store::Counts counts, store_.items().counts());
  if (counts.items == 0) return std::string("the catalogue is empty");
  for (const ValueSet& values : filter.any_of) {
    FIT_TRY(std::string reason, missing_value(values));
    if (!reason.empty()) return reason;
  }
  return contradiction(filter, [this](const Filter& part) -> Result<bool> {
    FIT_TRY(const bool some, search_.any(part));
    return !some;
  });
}

Result<std::vector<std::string>> SqlColumns::texts_of(std::string_view column) const {
  FIT_TRY(auto known, search_.values(std::span(&column, 1), kMostListed));
  std::vector<std::string> texts;
  texts.reserve(known.size());
  for (auto& one : known) texts.push_back(std::move(one.count.text));
  return texts;
}

}  // namespace fit::search
