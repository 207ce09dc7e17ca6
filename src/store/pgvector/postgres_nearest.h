#pragma once

#include <string>
#include <vector>

#include "domain/vectors.h"
#include "store/pgvector/postgres_search.h"
#include "store/pgvector/vector_leaves.h"
#include "store/tables/filter_sql.h"

namespace fit::store {

// The execution of one nearest-neighbour query. Searches each table that may have items of the filter, by its
// graph or by a scan of the vectors that match, and merges the results. Borrows its arguments. For one
// thread; blocks.
class NearestItems {
 public:
  NearestItems(sql::Database& database, const VectorLeaves& tables, const NearestQuery& query);

  Result<std::vector<domain::Neighbor>> find();

  // Whether tables were attached or detached during find(), so that the result may lack items.
  bool is_outdated() const { return is_outdated_; }

 private:
  struct Row {
    domain::Neighbor near;
    double distance = 0;
  };
  enum class Method : std::uint8_t {
    kGraph,
    kScan,         // of the rows that match: the nearest images
    kScanByItems,  // of the rows that match: the nearest items, each by its nearest image
  };
  // The search of one table.
  struct Part {
    const VectorLeaf* leaf = nullptr;
    double share = 1;  // the share of its rows that match
    Method method = Method::kScan;
    std::size_t limit = 0;     // of rows
    bool is_current = false;   // whether `rows` was read with this method and limit
    bool is_complete = false;  // whether `rows` has every row that matches
    std::vector<Row> rows;
  };

  bool prefers_graph(const Part& part) const;
  std::size_t first_limit(const Part& part) const;
  // Reads the rows of the parts that are not current.
  Result<void> read_parts();
  Result<void> search_graphs(const std::vector<Part*>& parts);
  Result<void> scan(const std::vector<Part*>& parts);
  Result<void> query(sql::SqlConnection& connection, const std::string& sql, const std::vector<Part*>& parts,
                     std::span<const sql::SqlSetting> settings);
  std::string select(const Part& part) const;
  std::string scan_sql(const Part& part) const;
  // Sets items_ from the rows of all parts. Returns whether the result is final: it has `limit` items, or
  // all.
  bool merge_parts();
  // Widens the search of the parts that are not complete. Returns whether there are any.
  bool widen();

  sql::Database& database_;
  const VectorLeaves& tables_;
  const NearestQuery& query_;
  const FilterSql filter_;
  std::string vector_;                 // the query's, as bytes
  std::vector<sql::SqlValue> values_;  // borrow from vector_ and filter_
  std::vector<Part> parts_;
  std::vector<domain::Neighbor> items_;
  bool is_outdated_ = false;
};

}  // namespace fit::store
