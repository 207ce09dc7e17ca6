#include "search/facets.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <shared_mutex>

#include "base/format.h"
#include "base/text.h"
#include "search/item_columns.h"
#include "search/nothing_matches.h"

namespace fit::search {

double freshness_of(std::int64_t time, std::int64_t newest) {
  constexpr double kHalf = 30.0 * 24 * 3600 * 1e6;  // microseconds
  return std::exp2(-static_cast<double>(newest - time) / kHalf);
}

std::vector<double> price_edges(double lowest, double highest) {
  std::vector<double> edges = {0};
  for (double power = 1; power < 1e300; power *= 10) {
    for (const double step : {1.0, 2.0, 5.0}) {
      const double edge = step * power;
      if (edge <= lowest) edges.clear();
      edges.push_back(edge);
      if (edge > highest) return edges;
    }
  }
  edges.push_back(std::numeric_limits<double>::max());
  return edges;
}

// Of no set: active items.
bool ItemColumns::is_member(const index::ItemSet* set, std::size_t row) const {
  if (!present_[row]) return false;
  if (set != nullptr) return set->contains(ItemId{static_cast<std::int64_t>(row)});
  const std::uint32_t code = texts_[kStatus].rows[row];
  return code != 0 && texts_[kStatus].names[code - 1] == "active";
}

template <class Visit>
void ItemColumns::visit_items(const index::ItemSet* set, const Visit& visit) const {
  for (std::size_t row = 0; row < present_.size(); ++row) {
    if (is_member(set, row)) visit(row);
  }
}

Facet ItemColumns::text_facet(const TextColumn& column, const index::ItemSet* set) const {
  std::vector<std::size_t> counts(column.names.size() + 1);
  visit_items(set, [&](std::size_t row) { ++counts[column.rows[row]]; });
  Facet facet;
  facet.missing = counts[0];
  for (std::size_t code = 1; code < counts.size(); ++code) {
    if (counts[code] > 0) facet.values.push_back({column.names[code - 1], counts[code]});
  }
  std::ranges::sort(facet.values, [](const Facet::Value& a, const Facet::Value& b) {
    return a.count != b.count ? a.count > b.count : a.value < b.value;
  });
  for (std::size_t i = kMaxFacetValues; i < facet.values.size(); ++i) facet.others += facet.values[i].count;
  facet.values.resize(std::min(facet.values.size(), kMaxFacetValues));
  return facet;
}

Facet ItemColumns::price_facet(const index::ItemSet* set) const {
  Facet facet;
  std::vector<double> prices;
  visit_items(set, [&](std::size_t row) {
    std::isnan(prices_[row]) ? static_cast<void>(++facet.missing) : prices.push_back(prices_[row]);
  });
  if (prices.empty()) return facet;
  const auto [lowest, highest] = std::ranges::minmax(prices);
  facet.lowest = lowest;
  facet.highest = highest;
  const std::vector<double> edges = price_edges(lowest, highest);
  for (std::size_t i = 0; i + 1 < edges.size(); ++i) facet.histogram.push_back({edges[i], edges[i + 1], 0});
  for (const double price : prices) {
    const auto above = std::ranges::upper_bound(edges, price);
    const auto bucket = static_cast<std::size_t>(std::max<std::ptrdiff_t>(above - edges.begin() - 1, 0));
    ++facet.histogram[std::min(bucket, facet.histogram.size() - 1)].count;
  }
  return facet;
}

std::vector<Facet> ItemColumns::facets(std::span<const std::string> names, const index::ItemSet* set) const {
  const std::shared_lock lock(mutex_);
  std::vector<Facet> facets;
  for (const std::string& name : names) {
    const auto column = column_of(name);
    facets.push_back(column ? text_facet(texts_[*column], set) : price_facet(set));
    facets.back().name = name;
  }
  return facets;
}

// Nothing when some item has one of the values.
std::string ItemColumns::missing_value(const ValueSet& values) const {
  const std::shared_lock lock(mutex_);
  const auto column = column_of(values.column);
  if (!column) return {};
  const TextColumn& texts = texts_[*column];
  if (std::ranges::any_of(values.values, [&](const std::string& value) { return texts.has(value); }))
    return {};
  std::vector<std::string_view> known;
  for (std::size_t i = 0; i < texts.names.size(); ++i) {
    if (texts.counts[i] > 0) known.emplace_back(texts.names[i]);
  }
  return no_such_value(values, known);
}

std::string ItemColumns::why_nothing_matches(const Filter& filter) const {
  if (size() == 0) return "the catalogue is empty";
  for (const ValueSet& values : filter.any_of) {
    if (std::string reason = missing_value(values); !reason.empty()) return reason;
  }
  return contradiction(filter,
                       [this](const Filter& part) -> Result<bool> {
                         const auto set = matching(part);
                         return set && set->size() == 0;
                       })
      .value_or("");
}

}  // namespace fit::search
