#include <algorithm>
#include <bit>

#include "index/columns/column_store.h"

namespace fit::index {

template <class Visit>
void ColumnStore::visit_rows(const ItemSet* items, const Visit& visit) const {
  for (std::size_t word = 0; word < present_.size(); ++word) {
    for (std::uint64_t rest = members(items, word); rest != 0; rest &= rest - 1)
      visit(word * 64 + static_cast<std::size_t>(std::countr_zero(rest)));
  }
}

domain::Facet ColumnStore::text_facet(const TextColumn& column, const ItemSet* items,
                                      std::size_t most) const {
  std::vector<std::size_t> counts(column.texts().size() + 1);
  column.visit_codes(
      [&](const auto& codes) { visit_rows(items, [&](std::size_t row) { ++counts[codes[row]]; }); });
  domain::Facet facet;
  facet.missing = counts[0];
  for (std::size_t code = 1; code < counts.size(); ++code) {
    if (counts[code] > 0) facet.values.push_back({column.texts()[code - 1], counts[code]});
  }
  domain::sort_and_cut(facet, most);
  return facet;
}

std::vector<ItemId> ColumnStore::first_with(std::string_view column, std::span<const std::string> values,
                                            const ItemSet* items) const {
  const std::shared_lock lock(mutex_);
  std::vector<ItemId> found(values.size());
  const auto index = domain::text_column(column);
  if (!index) return found;
  const TextColumn& texts = columns_[*index];
  constexpr std::int64_t kNotWanted = -1;
  std::vector<std::int64_t> first(texts.texts().size() + 1, kNotWanted);  // rows by code; 0: not yet found
  for (const std::string& value : values) first[texts.find(value)] = 0;
  first[0] = kNotWanted;
  texts.visit_codes([&](const auto& codes) {
    visit_rows(items, [&](std::size_t row) {
      std::int64_t& known = first[codes[row]];
      if (known == 0) known = static_cast<std::int64_t>(row);
    });
  });
  for (std::size_t i = 0; i < values.size(); ++i) {
    if (const std::uint32_t code = texts.find(values[i]); code != 0) found[i] = ItemId{first[code]};
  }
  return found;
}

domain::Facet ColumnStore::price_facet(const ItemSet* items, const domain::PriceUnit* unit) const {
  domain::Facet facet;
  const std::vector<double> factors = factors_of(unit);
  std::vector<double> prices;
  visit_rows(items, [&](std::size_t row) {
    const auto price = compared_price(row, factors);
    price ? prices.push_back(*price) : static_cast<void>(++facet.missing);
  });
  if (prices.empty()) return facet;
  const auto [lowest, highest] = std::ranges::minmax(prices);
  facet.lowest = lowest;
  facet.highest = highest;
  const std::vector<double> edges = domain::price_edges(lowest, highest);
  for (std::size_t i = 0; i + 1 < edges.size(); ++i) facet.histogram.push_back({edges[i], edges[i + 1], 0});
  for (const double price : prices) {
    const auto above = std::ranges::upper_bound(edges, price);
    const auto bucket = static_cast<std::size_t>(std::max<std::ptrdiff_t>(above - edges.begin() - 1, 0));
    ++facet.histogram[std::min(bucket, facet.histogram.size() - 1)].count;
  }
  return facet;
}

std::vector<domain::Facet> ColumnStore::facets(std::span<const std::string> names, const ItemSet* items,
                                               std::size_t most, const domain::PriceUnit* unit) const {
  const std::shared_lock lock(mutex_);
  std::vector<domain::Facet> facets;
  for (const std::string& name : names) {
    const auto column = domain::text_column(name);
    facets.push_back(column ? text_facet(columns_[*column], items, most) : price_facet(items, unit));
    facets.back().name = name;
  }
  return facets;
}

}  // namespace fit::index
