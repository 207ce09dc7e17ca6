#include "search/facet_counts.h"

#include <algorithm>

#include "domain/filter_columns.h"

namespace fit::search {
namespace {

constexpr std::string_view kStatusColumn = "status";

bool has_conditions_on(const Filter& filter, std::string_view column) {
  if (column == kStatusColumn) return false;
  if (column == domain::kPriceColumn) return filter.min_price || filter.max_price;
  const auto is_of = [column](const ValueSet& values) { return values.column == column; };
  return std::ranges::any_of(filter.any_of, is_of) || std::ranges::any_of(filter.none_of, is_of);
}

Filter without_conditions_on(std::string_view column, Filter filter) {
  if (column == domain::kPriceColumn) {
    filter.min_price.reset();
    filter.max_price.reset();
    return filter;
  }
  const auto is_of = [column](const ValueSet& values) { return values.column == column; };
  std::erase_if(filter.any_of, is_of);
  std::erase_if(filter.none_of, is_of);
  return filter;
}

}  // namespace

Result<std::vector<domain::Facet>> count_facets(const ItemColumns& columns,
                                                std::span<const std::string> names,
                                                const Selection& selection) {
  const Filter& filter = selection.filter;
  std::vector<std::string> plain;
  std::ranges::copy_if(names, std::back_inserter(plain),
                       [&filter](const std::string& name) { return !has_conditions_on(filter, name); });
  FIT_TRY(auto counted, columns.facets(plain, selection));
  auto next = counted.begin();
  std::vector<domain::Facet> facets;
  facets.reserve(names.size());
  for (const std::string& name : names) {
    if (!has_conditions_on(filter, name)) {
      facets.push_back(std::move(*next++));
      continue;
    }
    FIT_TRY(const Selection wider, columns.select(without_conditions_on(name, filter)));
    FIT_TRY(auto own, columns.facets(std::span(&name, 1), wider));
    facets.push_back(std::move(own.front()));
  }
  return facets;
}

}  // namespace fit::search
