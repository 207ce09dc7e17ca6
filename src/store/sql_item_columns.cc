#include "store/sql_item_columns.h"

#include "store/records.h"

namespace fit::store {
namespace {

std::string property_columns() {
  std::string columns;
  for (const auto property : kProperties) {
    if (!columns.empty()) columns += ", ";
    columns += property;
  }
  return columns;
}

}  // namespace

const std::string& fact_columns() {
  static const std::string columns =
      "id, source, brand, size, status, price, listed_at, " + property_columns();
  return columns;
}

const std::string& item_columns() {
  static const std::string columns = "id, source, external_id, brand, size, status, price, listed_at, " +
                                     property_columns() +
                                     ", currency, created_at, updated_at, content_hash, url, title, "
                                     "description, property_origins, origins_at";
  return columns;
}

}  // namespace fit::store
