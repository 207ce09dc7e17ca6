#include "search/facet_counts.h"

#include <algorithm>
#include <unordered_map>

#include "domain/filter_columns.h"
#include "domain/garment_size.h"
#include "domain/properties.h"
#include "search/visible_catalogue.h"

namespace fit::search {
namespace {

constexpr std::string_view kStatusColumn = "status";
constexpr std::string_view kSizeColumn = "size";
constexpr std::size_t kMostTexts = 10'000;  // texts of properties and sizes that are counted one by one

bool has_conditions_on(const Filter& filter, std::string_view column) {
  if (column == kStatusColumn) return false;
  if (column == domain::kPriceColumn) return filter.min_price || filter.max_price || filter.converted;
  return filter.has_condition_on(column);
}

Filter without_conditions_on(std::string_view column, Filter filter) {
  if (column == domain::kPriceColumn) {
    filter.min_price.reset();
    filter.max_price.reset();
    filter.price_in.clear();
    filter.converted.reset();
    return filter;
  }
  const auto is_of = [column](const ValueSet& values) { return values.column == column; };
  std::erase_if(filter.any_of, is_of);
  std::erase_if(filter.none_of, is_of);
  return filter;
}

// Makes one value of the texts that mean the same.
void unite(const CatalogueWords& words, std::size_t property, domain::Facet& facet) {
  std::vector<domain::Facet::Value> united;
  std::unordered_map<std::string_view, std::size_t> indexes;  // into `united`, by the ontology's value
  for (domain::Facet::Value& one : facet.values) {
    const auto meant = words.meaning_of(property, one.value);
    if (!meant) {
      united.push_back(std::move(one));
      continue;
    }
    const auto [known, is_new] = indexes.try_emplace(*meant, united.size());
    if (is_new) united.push_back({std::string(*meant), 0});
    united[known->second].count += one.count;
  }
  facet.values = std::move(united);
  domain::sort_and_cut(facet, domain::kMaxFacetValues);
}

// Spells the values that the ontology does not name.
Result<void> spell(const CatalogueWords& words, const VisibleCatalogue& visible, domain::Facet& facet) {
  const auto property = domain::property_index(facet.name);
  domain::Facet unknown{.name = facet.name};
  std::vector<std::size_t> places;
  for (std::size_t i = 0; i < facet.values.size(); ++i) {
    if (property && words.meaning_of(*property, facet.values[i].value)) continue;
    if (facet.name == kSizeColumn && domain::read_size(facet.values[i].value)) continue;
    unknown.values.push_back(facet.values[i]);
    places.push_back(i);
  }
  FIT_CHECK(visible.spell(unknown));
  for (std::size_t i = 0; i < places.size(); ++i) facet.values[places[i]] = std::move(unknown.values[i]);
  if (facet.name != kSizeColumn) domain::sort_and_cut(facet, domain::kMaxFacetValues);
  return {};
}

}  // namespace

Result<std::vector<domain::Facet>> count_facets(const ItemColumns& columns, const CatalogueWords& words,
                                                std::span<const std::string> names,
                                                const Selection& selection,
                                                const FacetConditions& conditions) {
  std::vector<domain::Facet> facets;
  facets.reserve(names.size());
  for (const std::string& name : names) {
    const auto property = domain::property_index(name);
    const bool is_size = name == kSizeColumn;
    const std::size_t most = property || is_size ? kMostTexts : domain::kMaxFacetValues;
    std::optional<Selection> wider;
    if (has_conditions_on(conditions.own, name)) {
      Filter others = without_conditions_on(name, conditions.own);
      if (conditions.visible != nullptr) others = domain::both(conditions.visible->filter(), others);
      FIT_TRY(wider, columns.select(others));
    }
    FIT_TRY(auto counted,
            columns.facets(std::span(&name, 1), wider ? *wider : selection, most, conditions.unit));
    if (property) unite(words, *property, counted.front());
    if (is_size) domain::unite_sizes(counted.front(), domain::kMaxFacetValues);
    if (conditions.visible != nullptr) FIT_CHECK(spell(words, *conditions.visible, counted.front()));
    facets.push_back(std::move(counted.front()));
  }
  return facets;
}

Result<std::vector<domain::Facet>> count_facets(const ItemColumns& columns, const CatalogueWords& words,
                                                std::span<const std::string> names,
                                                const Selection& selection) {
  return count_facets(columns, words, names, selection, {.own = selection.filter});
}

}  // namespace fit::search
