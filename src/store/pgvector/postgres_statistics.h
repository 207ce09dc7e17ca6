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

// PostgreSQL's statistics (ANALYZE) of a table of vectors, by which a plan is chosen before a query is sent.
// Immutable; thread-safe.
class TableStatistics {
 public:
  // Reads the present statistics of the table. The rows of a table that was never analysed are estimated from
  // its size.
  static Result<TableStatistics> read(sql::SqlConnection& connection, const std::string& table);

  double rows() const { return rows_; }          // 0 for a foreign table that was never analysed
  bool has_graph() const { return has_graph_; }  // whether it has a graph that is valid
  // The mean number of vectors of an item; at least 1.
  double rows_per_item() const { return rows_per_item_; }

  // How far the rows lie in the order of category and price, from 0 (not at all) to 1.
  double order() const;

  // The share of rows that satisfy the filter, from 0 to 1, if its conditions are independent of each other.
  double share(const domain::ItemFilter& filter) const;

 private:
  struct Column {
    double null_share = 0;
    double distinct = 1;                             // the number of different values
    std::unordered_map<std::string, double> common;  // the commonest values with their shares
    double common_share = 0;                         // the sum of these shares
    double correlation = 0;      // between the order of the values and that of the rows, from -1 to 1
    std::vector<double> bounds;  // of ranges that hold equally many of the other values
  };

  double share_of(const domain::ValueSet& values) const;
  double share_between(const std::string& column, double low, double high) const;

  double rows_ = 0;
  double rows_per_item_ = 1;
  bool has_graph_ = false;
  std::map<std::string, Column, std::less<>> columns_;
};

}  // namespace fit::store
