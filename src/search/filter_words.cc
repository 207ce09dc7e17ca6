#include "search/filter_words.h"

#include <algorithm>

#include "domain/properties.h"

namespace fit::search {
namespace {

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

}  // namespace

Result<Filter> in_catalogue_words(const ItemColumns& columns, CatalogueWords& words, Filter filter) {
  std::vector<std::size_t> properties;
  for (const auto* const conditions : {&filter.any_of, &filter.none_of}) {
    for (const ValueSet& values : *conditions) {
      const auto property = domain::property_index(values.column);
      if (property && !std::ranges::contains(properties, *property)) properties.push_back(*property);
    }
  }
  if (properties.empty()) return filter;
  FIT_CHECK(columns.refresh_values(properties));
  for (ValueSet& values : filter.any_of) add_words(words, values);
  for (ValueSet& values : filter.none_of) add_words(words, values);
  return filter;
}

}  // namespace fit::search
