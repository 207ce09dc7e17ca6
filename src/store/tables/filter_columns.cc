#include "store/tables/filter_columns.h"

#include "domain/properties.h"

namespace fit::store {

const std::vector<std::string>& filter_columns() {
  static const std::vector<std::string> columns = [] {
    std::vector<std::string> all = {"source", "brand", "size", "status", "price", "listed_at"};
    all.insert(all.end(), domain::kProperties.begin(), domain::kProperties.end());
    return all;
  }();
  return columns;
}

bool is_text_column(std::string_view name) {
  return name == "source" || name == "brand" || name == "size" || name == "status" ||
         domain::property_index(name).has_value();
}

}  // namespace fit::store
