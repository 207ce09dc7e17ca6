#pragma once

#include <optional>
#include <string>
#include <vector>

#include "domain/sort_order.h"
#include "sql/sql_connection.h"

namespace fit::store {

// What prices of items as i are compared by, as SQL; NULL where there is nothing to compare. `unit` may be
// null.
std::string compared_price(const domain::PriceUnit* unit);

// An order of items as i, as SQL. Borrows the request. Immutable.
class SortSql {
 public:
  explicit SortSql(const domain::SortRequest& request);

  // The columns that value() reads: what items are ordered by first, NULL where there is nothing; and the
  // amounts of prices that cannot be converted.
  std::string columns() const;
  domain::SortValue value(std::optional<double> key, std::optional<double> amount) const;

  // What follows ORDER BY.
  std::string order() const;
  // The condition that an item comes after SortRequest::after, with its parameters behind `values`, to which
  // it adds theirs. Empty without such a place.
  std::string after(std::vector<sql::SqlValue>& values) const;

 private:
  const domain::SortRequest& request_;
  bool is_ascending_;
  std::string key_;
  std::string amount_;  // "NULL::FLOAT8" where the order has none
};

}  // namespace fit::store
