#include "search/filter_words.h"

#include <algorithm>
#include <limits>

#include "base/text.h"
#include "domain/garment_size.h"
#include "domain/properties.h"

namespace fit::search {
namespace {

constexpr double kNoLimit = std::numeric_limits<double>::infinity();

constexpr std::string_view kSizes = "size";

// Adds the catalogue's spellings of the sizes.
Result<void> add_sizes(const ItemColumns& columns, ValueSet& values) {
  std::vector<std::string> wanted;  // those that are sizes
  for (const std::string& value : values.values) {
    if (auto size = domain::read_size(value)) wanted.push_back(std::move(size->text));
  }
  if (wanted.empty()) return {};
  FIT_TRY(const auto texts, columns.texts_of(kSizes));
  for (const std::string& text : texts) {
    const auto size = domain::read_size(text);
    if (!size || !std::ranges::contains(wanted, size->text)) continue;
    std::string lower = to_lower(text);
    if (!std::ranges::contains(values.values, lower)) values.values.push_back(std::move(lower));
  }
  return {};
}

void add_words(CatalogueWords& words, ValueSet& values) {
  const auto property = domain::property_index(values.column);
  if (!property) return;
  std::vector<std::string> all = values.values;  // the client's own first: they are what messages name
  for (const std::string& value : values.values) {
    for (std::string& text : words.same_as(*property, value)) {
      if (!std::ranges::contains(all, text)) all.push_back(std::move(text));
    }
  }
  values.values = std::move(all);
}

// The listing's text in a column of text; nullptr for another name.
const std::string* text_of(const domain::Listing& listing, std::string_view column) {
  if (column == "source") return &listing.source;
  if (column == "brand") return &listing.brand;
  if (column == "size") return &listing.size;
  if (column == "status") return &listing.status;
  const auto property = domain::property_index(column);
  return property ? &listing.properties[*property] : nullptr;
}

bool has_one_of(const domain::Listing& listing, const CatalogueWords& words, const ValueSet& values) {
  const std::string* const text = text_of(listing, values.column);
  if (text == nullptr || text->empty()) return false;
  const auto property = domain::property_index(values.column);
  return std::ranges::any_of(values.values, [&](const std::string& value) {
    if (property) return words.are_same(*property, value, *text);
    return values.column == kSizes ? domain::is_same_size(value, *text) : to_lower(value) == to_lower(*text);
  });
}

}  // namespace

bool satisfies(const domain::Listing& listing, const CatalogueWords& words, const ExchangeRates* rates,
               const Filter& filter) {
  const auto has = [&](const ValueSet& values) { return has_one_of(listing, words, values); };
  if (!filter.has_condition_on("status") && listing.status != "active") return false;
  if (!std::ranges::all_of(filter.any_of, has) || std::ranges::any_of(filter.none_of, has)) return false;
  const double price = listing.price.value_or(std::numeric_limits<double>::quiet_NaN());
  if (filter.min_price && !(price >= *filter.min_price)) return false;
  if (filter.max_price && !(price <= *filter.max_price)) return false;
  const auto is_in = [&](const domain::PriceRange& range) {
    const auto own = in_currency(range, listing.currency, rates);
    return own && price >= own->min.value_or(0) && price <= own->max.value_or(kNoLimit);
  };
  if (!std::ranges::all_of(filter.price_in, is_in)) return false;
  const bool has_currency = listing.price && std::ranges::contains(filter.currencies, listing.currency);
  if (!filter.currencies.empty() && !has_currency) return false;
  if (filter.listed_after && !(listing.listed_at && *listing.listed_at >= *filter.listed_after)) return false;
  return filter.external_ids.empty() || std::ranges::contains(filter.external_ids, listing.external_id);
}

Result<Filter> in_catalogue_words(const ItemColumns& columns, CatalogueWords& words, Filter filter) {
  std::vector<std::size_t> properties;
  for (const auto* const conditions : {&filter.any_of, &filter.none_of}) {
    for (const ValueSet& values : *conditions) {
      const auto property = domain::property_index(values.column);
      if (property && !std::ranges::contains(properties, *property)) properties.push_back(*property);
    }
  }
  for (auto* const conditions : {&filter.any_of, &filter.none_of}) {
    for (ValueSet& values : *conditions) {
      if (values.column == kSizes) FIT_CHECK(add_sizes(columns, values));
    }
  }
  if (properties.empty()) return filter;
  FIT_CHECK(columns.refresh_values(properties));
  for (ValueSet& values : filter.any_of) add_words(words, values);
  for (ValueSet& values : filter.none_of) add_words(words, values);
  return filter;
}

}  // namespace fit::search
