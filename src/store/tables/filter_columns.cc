#include "store/tables/filter_columns.h"

#include "domain/filter_columns.h"

namespace fit::store {

const std::vector<std::string>& filter_columns() {
  static const std::vector<std::string> columns = [] {
    const auto first_property = domain::kTextColumns.begin() + domain::kListingColumns;
    std::vector<std::string> all(domain::kTextColumns.begin(), first_property);
    all.emplace_back(domain::kPriceColumn);
    all.emplace_back(domain::kListedAtColumn);
    all.insert(all.end(), first_property, domain::kTextColumns.end());
    return all;
  }();
  return columns;
}

bool is_text_column(std::string_view name) {
  return domain::text_column(name).has_value();
}

}  // namespace fit::store
