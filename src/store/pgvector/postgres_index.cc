#include "store/pgvector/postgres_index.h"

#include <algorithm>

#include "base/format.h"
#include "sql/database_url.h"
#include "sql/postgres_connection.h"
#include "store/pgvector/extension.h"
#include "store/pgvector/shard_connection.h"
#include "store/pgvector/vector_leaves.h"
#include "store/pgvector/vector_tables.h"

namespace fit::store {
namespace {

// How long the sort waits for its lock. Sessions that queue behind it for the table wait as long.
constexpr std::string_view kLockWait = "2s";

struct IndexState {
  bool is_there = false;
  bool is_valid = false;
  bool has_options = false;  // it was built with the wanted options
};

Result<IndexState> find_index(sql::SqlConnection& connection, const std::string& name,
                              const GraphOptions& options) {
  IndexState found;
  FIT_CHECK(connection.query(
      "SELECT i.indisvalid, COALESCE(c.reloptions @> ARRAY['m=' || $2::TEXT, 'ef_construction=' || "
      "$3::TEXT], FALSE) "
      "FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid WHERE i.indexrelid = to_regclass($1)",
      {std::string_view(name), std::string_view(std::to_string(options.m)),
       std::string_view(std::to_string(options.ef_construction))},
      [&found](const sql::SqlRow& row) {
        found = {.is_there = true, .is_valid = row.integer(0) != 0, .has_options = row.integer(1) != 0};
      }));
  return found;
}

// Builds the indexes of one table after the other.
class IndexBuilder {
 public:
  IndexBuilder(sql::SqlConnection& connection, const GraphOptions& options, IndexesToBuild which,
               const std::function<void(const std::string&)>& report, std::string place = {})
      : connection_(connection),
        options_(options),
        which_(which),
        report_(report),
        place_(std::move(place)) {}

  Result<void> build(const std::string& table, const domain::SpaceRecord& space) {
    const std::string name = graph_name(table);
    const std::string next = name + "_new";
    FIT_TRY(const std::string pgvector, pgvector_schema(connection_));
    const std::vector<VectorIndex> indexes = vector_indexes(table, space, options_, pgvector + ".");
    FIT_CHECK(remove_left_over(next));
    FIT_TRY(const IndexState graph, find_index(connection_, name, options_));
    if (!graph.is_there && which_ == IndexesToBuild::kMissing) FIT_CHECK(sort_rows(table, indexes));
    FIT_CHECK(build_missing_trees(indexes));
    if (graph.is_valid && (graph.has_options || which_ == IndexesToBuild::kMissing)) return {};
    if (graph.is_there && !graph.is_valid) FIT_CHECK(remove_left_over(name));
    const bool is_replaced = graph.is_there && graph.is_valid;
    const std::string target = is_replaced ? next : name;
    report(fit::format("index {}: being built with m {} and ef_construction {}{}", name, options_.m,
                       options_.ef_construction, place_));
    VectorIndex made = *std::ranges::find(indexes, VectorIndex::Use::kGraph, &VectorIndex::use);
    made.name = target;
    FIT_CHECK(connection_.run_script(made.concurrent_sql()));
    if (!is_replaced) return {};
    FIT_TRY(auto transaction, sql::Transaction::write(connection_, sql::Ordering::kOrdered));
    FIT_CHECK(
        connection_.run_script(fit::format("DROP INDEX {}; ALTER INDEX {} RENAME TO {}", name, next, name)));
    return transaction.commit();
  }

 private:
  // Rewrites the table in the order of category and price and builds the B-trees of filters. A table that
  // cannot be locked in time keeps its order.
  Result<void> sort_rows(const std::string& table, const std::vector<VectorIndex>& indexes) {
    const auto tree = [](const VectorIndex& index) {
      return fit::format("CREATE INDEX IF NOT EXISTS {} {};", index.name, index.definition);
    };
    const auto order = std::ranges::find(indexes, table + "_by_category", &VectorIndex::name);
    // An ordered write would block the writers of all other spaces for as long.
    std::string script =
        fit::format("BEGIN; SET LOCAL lock_timeout = '{}'; LOCK TABLE {}; {} CLUSTER {} USING {};", kLockWait,
                    table, tree(*order), table, order->name);
    for (const VectorIndex& index : indexes) {
      if (index.use == VectorIndex::Use::kFilters) script += tree(index);
    }
    const auto sorted = connection_.run_script(script + "COMMIT");
    if (!sorted) {
      connection_.rollback();
      report(fit::format("table {}: its rows stay in the order in which they came: {}", table,
                         sorted.error().message));
    }
    return connection_.run_script("ANALYZE " + table);
  }

  Result<void> build_missing_trees(const std::vector<VectorIndex>& indexes) {
    for (const VectorIndex& index : indexes) {
      if (index.use == VectorIndex::Use::kGraph) continue;
      FIT_TRY(const IndexState tree, find_index(connection_, index.name, options_));
      if (tree.is_valid) continue;
      FIT_CHECK(remove_left_over(index.name));
      FIT_CHECK(connection_.run_script(index.concurrent_sql()));
    }
    return {};
  }

  Result<void> remove_left_over(const std::string& name) {
    FIT_TRY(const IndexState index, find_index(connection_, name, options_));
    if (!index.is_there) return {};
    report(fit::format("index {}: what an interrupted build left is removed{}", name, place_));
    return connection_.run_script("DROP INDEX CONCURRENTLY " + name);
  }

  void report(const std::string& what) const {
    if (report_) report_(what);
  }

  sql::SqlConnection& connection_;
  const GraphOptions& options_;
  const IndexesToBuild which_;
  const std::function<void(const std::string&)>& report_;
  const std::string place_;  // " on shard east"
};

Result<void> build_on_shard(sql::SqlConnection& database, const VectorLayout& layout, const VectorLeaf& leaf,
                            const domain::SpaceRecord& space, const GraphOptions& options,
                            const std::function<void(const std::string&)>& report) {
  FIT_TRY(const auto shard, open_shard(database, layout, leaf.shard));
  IndexBuilder builder(*shard, options, IndexesToBuild::kMissingAndOutdated, report,
                       " on shard " + leaf.shard);
  return builder.build(leaf.table, space);
}

}  // namespace

Result<void> drop_empty_indexes(const std::string& database_url, const domain::SpaceRecord& space) {
  if (!sql::is_postgres(database_url) || !can_have_graph(space.dimensions)) return {};
  FIT_TRY(const auto connection, sql::open_postgres({.url = database_url}));
  FIT_TRY(auto transaction, sql::Transaction::write(*connection, sql::Ordering::kOrdered));
  FIT_TRY(const VectorLeaves known, read_leaves(*connection, space.id));
  FIT_TRY(const auto some,
          connection->query_integer(fit::format("SELECT EXISTS (SELECT 1 FROM {})::INT", known.parent), {}));
  if (some.value_or(1) != 0) return {};
  for (const VectorLeaf& leaf : known.leaves) {
    if (!leaf.shard.empty()) continue;
    for (const VectorIndex& index : vector_indexes(leaf.table, space, {})) {
      if (index.use == VectorIndex::Use::kWrites) continue;
      FIT_CHECK(connection->run_script("DROP INDEX IF EXISTS " + index.name));
    }
  }
  return transaction.commit();
}

Result<void> build_indexes(const std::string& database_url, const domain::SpaceRecord& space,
                           const GraphOptions& options, IndexesToBuild which,
                           const std::function<void(const std::string&)>& report) {
  if (!sql::is_postgres(database_url) || !can_have_graph(space.dimensions)) return {};
  FIT_TRY(const auto connection, sql::open_postgres({.url = database_url}));
  FIT_TRY(const VectorLeaves known, read_leaves(*connection, space.id));
  IndexBuilder builder(*connection, options, which, report);
  for (const VectorLeaf& leaf : known.leaves) {
    if (leaf.shard.empty()) FIT_CHECK(builder.build(leaf.table, space));
  }
  if (which == IndexesToBuild::kMissing) return {};
  FIT_TRY(const auto layout, stored_layout(*connection));
  Result<void> done;
  for (const VectorLeaf& leaf : known.leaves) {
    if (leaf.shard.empty()) continue;
    auto built = build_on_shard(*connection, layout.value_or(VectorLayout{}), leaf, space, options, report);
    if (!built && done) done = std::move(built);
  }
  return done;
}

}  // namespace fit::store
