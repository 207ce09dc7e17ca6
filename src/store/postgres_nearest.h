#pragma once

#include <vector>

#include "store/postgres_filter.h"
#include "store/postgres_search.h"
#include "store/postgres_statistics.h"

namespace fit::store {

// One question for neighbours on its way through the plans. Borrows all that it is given.
class NearestItems {
 public:
  NearestItems(const SqlReads& reads, const TableStatistics& statistics, const NearQuestion& question);

  Result<std::vector<NearItem>> find();

  // Microseconds that the plans take, as measured with vectors of 512 (docs/benchmarks.md); public for tests.
  static double exact_cost(double matching);
  static double graph_cost(double wanted, double share);

 private:
  struct Row {
    NearItem near;
    double distance = 0;
  };

  bool is_by_graph() const;
  Result<bool> walk_graph();
  Result<void> walk_graph_once(std::size_t rows);
  Result<void> compare_all();
  Result<void> query(SqlConnection& connection, const std::string& sql);
  std::string select() const;
  // The items of the rows read last. Whether these are all that is asked for.
  bool take_items();

  const SqlReads& reads_;
  const TableStatistics& statistics_;
  const NearQuestion& question_;
  const std::string table_;
  const FilterSql filter_;
  const double share_;
  std::vector<SqlValue> values_;
  std::vector<Row> rows_;
  std::vector<NearItem> items_;
};

}  // namespace fit::store
