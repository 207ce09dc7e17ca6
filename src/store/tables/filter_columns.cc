#include "store/tables/filter_columns.h"

#include "domain/filter_columns.h"

namespace fit::store {

const std::vector<std::string>& filter_columns() {
  static const std::vector<std::string> columns = [] {
    std::vector<std::string> all;
    all.reserve(domain::kTextColumns.size() + 2);
    for (std::size_t i = 0; i < domain::kTextColumns.size(); ++i) {
      if (i == domain::kListingColumns) {
        all.emplace_back(domain::kPriceColumn);
        all.emplace_back(domain::kListedAtColumn);
      }
      all.emplace_back(domain::kTextColumns[i]);
    }
    return all;
  }();
  return columns;
}

bool is_text_column(std::string_view name) {
  return domain::text_column(name).has_value();
}

}  // namespace fit::store
