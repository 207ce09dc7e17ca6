#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <unordered_map>
#include <vector>

#include "base/result.h"
#include "domain/item_filter.h"
#include "sql/sql_connection.h"

namespace fit::store {

// The database's statistics (ANALYZE) of a table of vectors, by which a plan is chosen before a query is
// sent. Immutable; thread-safe.
class TableStatistics {
 public:
  // Of the table, as of now; a table that was never analysed is measured by its size.
  static Result<TableStatistics> read(sql::SqlConnection& connection, const std::string& table);

  double rows() const { return rows_; }          // 0 of a foreign table that was never analysed
  bool has_graph() const { return has_graph_; }  // and it is valid
  // Vectors of one item, on average; at least 1.
  double rows_per_item() const { return rows_per_item_; }

  // How far the rows lie in the order of category and price, 0 (not at all) to 1.
  double order() const;

  // The share of rows that satisfy the filter, 0 to 1, as if its conditions had nothing to do with each
  // other.
  double share(const domain::ItemFilter& filter) const;

 private:
  struct Column {
    double no_value = 0;                            // share of NULL
    double distinct = 1;                            // values
    std::unordered_map<std::string, double> known;  // shares of the commonest values
    double known_share = 0;
    double correlation = 0;      // of its order with that of the rows, -1 to 1
    std::vector<double> bounds;  // of equally common ranges of the other values
  };

  double share_of(const domain::ValueSet& values) const;
  double share_between(const std::string& column, double low, double high) const;

  double rows_ = 0;
  double rows_per_item_ = 1;
  bool has_graph_ = false;
  std::map<std::string, Column, std::less<>> columns_;
};

}  // namespace fit::store
