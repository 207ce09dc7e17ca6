#include <algorithm>
#include <array>

#include "base/format.h"
#include "store/integrity.h"

namespace fit::store {
namespace {

constexpr std::int64_t kBlocksAtOnce = 8192;  // 64 MiB

// A table whose rows this server stores.
struct Table {
  std::string name;  // quoted if necessary
  std::int64_t blocks = 0;
};

struct Relations {
  std::vector<Table> tables;
  std::vector<std::string> b_trees;  // the B-trees that amcheck can check
  std::string check_b_tree;          // amcheck's function, with its schema where necessary
};

Result<Relations> read_relations(sql::SqlConnection& connection, bool with_indexes) {
  Relations relations;
  FIT_CHECK(connection.query(
      "SELECT c.oid::regclass::text, pg_relation_size(c.oid) / current_setting('block_size')::bigint "
      "FROM pg_class c WHERE c.relnamespace = current_schema()::regnamespace AND c.relkind = 'r' ORDER BY 1",
      {}, [&relations](const sql::SqlRow& row) {
        relations.tables.push_back({.name = std::string(row.text(0)), .blocks = row.integer(1)});
      }));
  if (!with_indexes) return relations;
  FIT_CHECK(connection.query(
      "SELECT quote_ident(n.nspname) || '.bt_index_check' FROM pg_proc p JOIN pg_namespace n ON n.oid = "
      "p.pronamespace WHERE p.proname = 'bt_index_check' AND has_function_privilege(p.oid, 'execute')",
      {}, [&relations](const sql::SqlRow& row) { relations.check_b_tree = row.text(0); }));
  if (relations.check_b_tree.empty()) return relations;
  FIT_CHECK(connection.query(
      "SELECT c.oid::regclass::text FROM pg_class c JOIN pg_am a ON a.oid = c.relam JOIN pg_index x ON "
      "x.indexrelid = c.oid WHERE c.relnamespace = current_schema()::regnamespace AND c.relkind = 'i' AND "
      "a.amname = 'btree' AND x.indisvalid ORDER BY 1",
      {}, [&relations](const sql::SqlRow& row) { relations.b_trees.emplace_back(row.text(0)); }));
  return relations;
}

class Checker {
 public:
  Checker(sql::Database& database, const std::stop_token& stop, std::vector<Damage>& found)
      : database_(database), stop_(stop), found_(found) {}

  // Reads all rows, 64 MiB at a time. Skips the rest of a table after the first damage.
  Result<void> read_table(const Table& table) {
    const std::string sql = fit::format(
        "SELECT count(t.*) FROM {} t WHERE t.ctid >= $1::text::tid AND t.ctid < $2::text::tid", table.name);
    for (std::int64_t block = 0; block < table.blocks; block += kBlocksAtOnce) {
      if (stop_.stop_requested()) return cancelled();
      const std::string first = fit::format("({},0)", block);
      const std::string end = fit::format("({},0)", block + kBlocksAtOnce);
      FIT_TRY(const bool good,
              run("table " + table.name, sql, {std::string_view(first), std::string_view(end)}));
      if (!good) return {};
    }
    return {};
  }

  // `function` is amcheck's.
  Result<void> check_b_tree(const std::string& function, const std::string& index) {
    if (stop_.stop_requested()) return cancelled();
    FIT_CHECK(run("index " + index, fit::format("SELECT {}($1::text::regclass)", function),
                  {std::string_view(index)}));
    return {};
  }

 private:
  // Runs a statement. Returns false and adds a finding when it meets damage.
  Result<bool> run(const std::string& part, const std::string& sql,
                   std::initializer_list<sql::SqlValue> values) {
    const std::array settings = {sql::SqlSetting{"statement_timeout", "0"}};
    const auto done = database_.read_without_transaction([&](sql::SqlConnection& connection) {
      return connection.query_under(settings, sql, std::span(values.begin(), values.size()),
                                    [](const sql::SqlRow&) {});
    });
    if (done) return true;
    if (done.error().code != ErrorCode::kDamaged) return done.error();
    if (found_.size() < kMaxDamages) found_.push_back({part, done.error().detail});
    return false;
  }

  sql::Database& database_;
  const std::stop_token stop_;
  std::vector<Damage>& found_;
};

}  // namespace

Result<void> check_postgres_tables(sql::Database& database, const IntegrityOptions& options,
                                   const Progress& progress, const std::stop_token& stop,
                                   std::vector<Damage>& found) {
  FIT_TRY(const Relations relations, database.read([&options](sql::SqlConnection& connection) {
    return read_relations(connection, options.thorough);
  }));
  Checker checker(database, stop, found);
  const auto total = static_cast<std::int64_t>(relations.tables.size() + relations.b_trees.size());
  std::int64_t done = 0;
  for (const Table& table : relations.tables) {
    progress(done++, total);
    FIT_CHECK(checker.read_table(table));
  }
  for (const std::string& index : relations.b_trees) {
    progress(done++, total);
    FIT_CHECK(checker.check_b_tree(relations.check_b_tree, index));
  }
  progress(done, total);
  return {};
}

}  // namespace fit::store
