#pragma once

#include <string>
#include <vector>

#include "domain/vectors.h"
#include "store/pgvector/postgres_search.h"
#include "store/pgvector/vector_leaves.h"
#include "store/tables/filter_sql.h"

namespace fit::store {

// The execution of one query for neighbours: searches each table that may have items of the filter, by its
// graph or by comparing all vectors that match, and merges the results. Borrows its arguments.
class NearestItems {
 public:
  NearestItems(sql::Database& database, const VectorLeaves& tables, const NearestQuery& query);

  Result<std::vector<domain::Neighbor>> find();

  // Whether tables came or went meanwhile, so that the result may lack items.
  bool is_outdated() const { return is_outdated_; }

 private:
  struct Row {
    domain::Neighbor near;
    double distance = 0;
  };
  enum class Way : std::uint8_t {
    kGraph,
    kAll,         // the nearest images of all that match
    kBestImages,  // the nearest items of all that match
  };
  // A table's part of the result.
  struct Part {
    const VectorLeaf* leaf = nullptr;
    double share = 1;  // of its rows that match
    Way way = Way::kAll;
    std::size_t limit = 0;  // rows asked for
    bool is_asked = false;
    bool is_complete = false;  // no row of it is missing
    std::vector<Row> rows;
  };

  bool is_by_graph(const Part& part) const;
  std::size_t first_limit(const Part& part) const;
  Result<void> ask();
  Result<void> walk_graphs(const std::vector<Part*>& parts);
  Result<void> compare_all(const std::vector<Part*>& parts);
  Result<void> query(sql::SqlConnection& connection, const std::string& sql, const std::vector<Part*>& parts,
                     std::span<const sql::SqlSetting> settings);
  std::string select(const Part& part) const;
  std::string all_of(const Part& part) const;
  // The items of the rows read last. Whether these are all that is asked for.
  bool take_items();
  // Whether more can be asked for, and how.
  bool go_on();

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
