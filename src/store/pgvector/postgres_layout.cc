#include "store/pgvector/postgres_layout.h"

#include <algorithm>
#include <map>

#include "base/format.h"
#include "sql/postgres_connection.h"
#include "store/pgvector/layout_functions.h"
#include "store/pgvector/shard_address.h"
#include "store/pgvector/shard_connection.h"
#include "store/pgvector/vector_leaves.h"
#include "store/pgvector/vector_tables.h"
#include "store/tables/space_rows.h"

namespace fit::store {
namespace {

constexpr std::string_view kMask = "'********'";

Error conflict(std::string message) {
  return {ErrorCode::kConflict, std::move(message), "layout", {}};
}

std::string joined(const std::vector<std::string>& texts) {
  std::string list;
  for (const std::string& text : texts) list += (list.empty() ? "" : ", ") + text;
  return list;
}

// The options of CREATE SERVER, ALTER SERVER, CREATE USER MAPPING and ALTER USER MAPPING, by name.
using Options = std::map<std::string, std::string>;

std::string options_sql(const Options& options) {
  std::string list;
  for (const auto& [name, value] : options) {
    list += fit::format("{}{} {}", list.empty() ? "" : ", ", name,
                        name == "password" ? std::string(kMask) : sql_quoted(value));
  }
  return list;
}

std::string changes_sql(const Options& has, const Options& wanted) {
  std::string list;
  const auto add = [&list](const std::string& text) { list += (list.empty() ? "" : ", ") + text; };
  for (const auto& [name, value] : wanted) {
    const auto known = has.find(name);
    if (known != has.end() && known->second == value) continue;
    add(fit::format("{} {} {}", known == has.end() ? "ADD" : "SET", name,
                    name == "password" ? std::string(kMask) : sql_quoted(value)));
  }
  for (const auto& [name, value] : has) {
    if (!wanted.contains(name)) add("DROP " + name);
  }
  return list;
}

Result<bool> is_true(sql::SqlConnection& connection, std::string_view sql,
                     std::initializer_list<sql::SqlValue> values) {
  FIT_TRY(const auto found, connection.query_integer(sql, values));
  return found.value_or(0) != 0;
}

Result<bool> has_table(sql::SqlConnection& connection, const std::string& table) {
  return is_true(connection, "SELECT to_regclass($1) IS NOT NULL", {std::string_view(table)});
}

// The steps that lead from the tables of a database to those of a layout.
class LayoutPlan {
 public:
  LayoutPlan(sql::SqlConnection& connection, const LayoutRun& run) : connection_(connection), run_(run) {}

  Result<void> make();

  std::vector<LayoutStep> steps;

  // Executes a step.
  Result<void> perform(const LayoutStep& step);

 private:
  struct Shard {
    ShardAddress address;
    std::string password;
    std::unique_ptr<sql::SqlConnection> connection;
    std::string schema;
  };

  Result<bool> find_layout();
  Result<void> check_stored();
  Result<void> open_shards();
  Result<Shard> open_shard(const VectorLayout::Shard& shard) const;
  Result<void> plan_server(const VectorLayout::Shard& shard);
  Result<void> plan_functions();
  Result<void> plan_space(const domain::SpaceRecord& space);
  Result<void> check_leaves(const VectorLeaves& known) const;
  Result<void> plan_partition(const domain::SpaceRecord& space, const VectorLayout::Partition& partition,
                              bool is_attached);
  Result<void> plan_remote_table(const domain::SpaceRecord& space, const VectorLayout::Partition& partition);
  Result<void> plan_indexes(sql::SqlConnection& target, const std::string& shard,
                            const domain::SpaceRecord& space, const std::string& table, bool is_there);
  void plan_conversion(const domain::SpaceRecord& space);
  void plan_copy(const domain::SpaceRecord& space, const VectorLayout::Partition& partition);
  void plan_attach(const domain::SpaceRecord& space, const VectorLayout::Partition& partition);
  void add(std::string what, std::string shard, std::vector<std::string> statements,
           bool is_concurrent = false) {
    steps.push_back({std::move(what), std::move(shard), std::move(statements), is_concurrent});
  }
  // The comment by which tables on a shard are recognised as this catalogue's.
  std::string owner() const { return "find this fit " + store_id_; }

  sql::SqlConnection& connection_;
  const LayoutRun& run_;
  VectorLayout layout_;
  std::optional<VectorLayout> stored_;
  std::map<std::string, Shard> shards_;
  std::string store_id_;
};

Result<bool> LayoutPlan::find_layout() {
  FIT_TRY(stored_, stored_layout(connection_));
  if (run_.wanted == nullptr) {
    if (!stored_) return false;
    layout_ = *stored_;
    return true;
  }
  layout_ = *run_.wanted;
  return true;
}

// kConflict unless the wanted layout only adds partitions to the stored one.
Result<void> LayoutPlan::check_stored() {
  if (!stored_ || run_.wanted == nullptr) return {};
  for (const VectorLayout::Partition& had : stored_->partitions) {
    const VectorLayout::Partition* const wanted = layout_.partition(had.name);
    if (wanted == nullptr) {
      return conflict(
          fit::format("the database has a partition {} (of {}), which the file does not have; partitions "
                      "can be added, not removed",
                      had.name, joined(had.categories)));
    }
    if (wanted->categories != had.categories) {
      return conflict(
          fit::format("partition {} has the categories {} in the database and {} in the file; other "
                      "categories take a partition of their own",
                      had.name, joined(had.categories), joined(wanted->categories)));
    }
    if (wanted->shard != had.shard) {
      const auto server = [](const std::string& shard) {
        return shard.empty() ? "no shard" : "shard " + shard;
      };
      return conflict(fit::format("partition {} lies on {} in the database and on {} in the file", had.name,
                                  server(had.shard), server(wanted->shard)));
    }
  }
  return {};
}

Result<LayoutPlan::Shard> LayoutPlan::open_shard(const VectorLayout::Shard& shard) const {
  Shard made;
  FIT_TRY(made.address, shard_address(shard));
  if (!shard.password_env.empty()) {
    const auto password = run_.environment ? run_.environment(shard.password_env) : std::nullopt;
    if (!password) {
      return invalid("layout", fit::format("shard.{}.password_env names {}, which is not set", shard.name,
                                           shard.password_env));
    }
    made.address.user["password"] = *password;
  }
  if (const auto password = made.address.user.find("password"); password != made.address.user.end()) {
    made.password = password->second;
  }
  FIT_TRY(made.connection, open_shard_at(made.address.connection(true), shard.name));
  FIT_CHECK(made.connection->query("SELECT current_schema()::TEXT", {},
                                   [&made](const sql::SqlRow& row) { made.schema = row.text(0); }));
  return made;
}

Result<void> LayoutPlan::open_shards() {
  for (VectorLayout::Shard& shard : layout_.shards) {
    FIT_TRY(Shard opened, open_shard(shard));
    shard.url = opened.address.connection(false);
    shards_.emplace(shard.name, std::move(opened));
  }
  return {};
}

Result<void> LayoutPlan::plan_server(const VectorLayout::Shard& shard) {
  const std::string server = shard_server(shard.name);
  Options wanted = shards_.at(shard.name).address.server;
  wanted["extensions"] = "vector";
  wanted["async_capable"] = "true";
  wanted["fetch_size"] = "1000";
  wanted["batch_size"] = "200";
  wanted.try_emplace("connect_timeout", "5");
  wanted.try_emplace("tcp_user_timeout", "20000");
  wanted["options"] = fit::format(
      "-c hnsw.ef_search={} -c hnsw.iterative_scan=relaxed_order -c hnsw.max_scan_tuples=200000 "
      "-c hnsw.scan_mem_multiplier=8 -c jit=off",
      shard.ef_search);
  const Options user = shards_.at(shard.name).address.user;
  FIT_TRY(const bool is_there,
          is_true(connection_, "SELECT count(*) FROM pg_foreign_server WHERE srvname = $1",
                  {std::string_view(server)}));
  if (!is_there) {
    FIT_TRY(const bool has_wrapper,
            is_true(connection_, "SELECT count(*) FROM pg_extension WHERE extname = 'postgres_fdw'", {}));
    if (!has_wrapper) add("extension postgres_fdw", "", {"CREATE EXTENSION postgres_fdw"});
    add(fit::format("shard {}: server and user", shard.name), "",
        {fit::format("CREATE SERVER {} FOREIGN DATA WRAPPER postgres_fdw OPTIONS ({})", server,
                     options_sql(wanted)),
         fit::format("CREATE USER MAPPING FOR CURRENT_USER SERVER {} OPTIONS ({})", server,
                     options_sql(user))});
    return {};
  }
  FIT_TRY(const Options has,
          option_list(connection_, "SELECT unnest(srvoptions) FROM pg_foreign_server WHERE srvname = $1",
                      server));
  FIT_TRY(const Options had, mapped_user(connection_, shard.name));
  std::vector<std::string> statements;
  if (const auto changes = changes_sql(has, wanted); !changes.empty()) {
    statements.push_back(fit::format("ALTER SERVER {} OPTIONS ({})", server, changes));
  }
  if (had.empty()) {
    statements.push_back(fit::format("CREATE USER MAPPING FOR CURRENT_USER SERVER {} OPTIONS ({})", server,
                                     options_sql(user)));
  } else if (const auto changes = changes_sql(had, user); !changes.empty()) {
    statements.push_back(
        fit::format("ALTER USER MAPPING FOR CURRENT_USER SERVER {} OPTIONS ({})", server, changes));
  }
  if (!statements.empty())
    add(fit::format("shard {}: another address or user", shard.name), "", std::move(statements));
  return {};
}

Result<void> LayoutPlan::plan_functions() {
  std::string has;
  FIT_CHECK(connection_.query("SELECT prosrc FROM pg_proc WHERE oid = to_regproc('fit_spread_facts')", {},
                              [&has](const sql::SqlRow& row) { has = row.text(0); }));
  if (has != spread_filter_columns_body())
    add("triggers that move vectors between partitions", "", {spread_filter_columns_sql()});
  FIT_TRY(const bool forgets,
          is_true(connection_, "SELECT count(*) FROM pg_trigger WHERE tgname = 'fit_forget_item'", {}));
  if (!layout_.shards.empty() && !forgets) {
    add("triggers that remove vectors from shards", "", forget_vectors_sql());
  }
  return {};
}

// Makes the present table the default partition of a new parent. No row is copied.
void LayoutPlan::plan_conversion(const domain::SpaceRecord& space) {
  const std::string table = fit::format("vectors_{}", space.id);
  const std::string rest = rest_table(table);
  std::vector<std::string> statements = {
      fit::format("ALTER TABLE {} RENAME TO {}", table, rest),
      fit::format("ALTER INDEX IF EXISTS {0}_pkey RENAME TO {1}_pkey", table, rest)};
  const auto old_indexes = vector_indexes(table, space, run_.graph);
  const auto new_indexes = vector_indexes(rest, space, run_.graph);
  for (std::size_t i = 0; i < old_indexes.size(); ++i) {
    statements.push_back(
        fit::format("ALTER INDEX IF EXISTS {} RENAME TO {}", old_indexes[i].name, new_indexes[i].name));
  }
  statements.push_back(parent_table_sql(table, space.dimensions));
  statements.push_back(attach_rest_sql(table));
  add(fit::format("{}: partitioned by category, space {}", table, space.name), "", std::move(statements));
}

Result<void> LayoutPlan::check_leaves(const VectorLeaves& known) const {
  for (const VectorLeaf& leaf : known.leaves) {
    if (leaf.is_rest()) continue;
    const auto wanted =
        std::ranges::find_if(layout_.partitions, [&](const VectorLayout::Partition& partition) {
          return partition_table(known.parent, partition) == leaf.table;
        });
    std::vector<std::string> categories = leaf.categories;
    std::ranges::sort(categories);
    if (wanted == layout_.partitions.end()) {
      return conflict(fit::format("the database has the table {} (of {}), which the layout does not have",
                                  leaf.table, joined(categories)));
    }
    if (wanted->categories != categories) {
      return conflict(fit::format("the table {} has the categories {}, and partition {} of the layout has {}",
                                  leaf.table, joined(categories), wanted->name, joined(wanted->categories)));
    }
    if (wanted->shard != leaf.shard) {
      return conflict(fit::format("the table {} lies on {}, and partition {} of the layout on {}", leaf.table,
                                  leaf.shard.empty() ? "this server" : "shard " + leaf.shard, wanted->name,
                                  wanted->shard.empty() ? "this server" : "shard " + wanted->shard));
    }
  }
  return {};
}

// Builds missing indexes, and again those that an interrupted build left invalid.
Result<void> LayoutPlan::plan_indexes(sql::SqlConnection& target, const std::string& shard,
                                      const domain::SpaceRecord& space, const std::string& table,
                                      bool is_there) {
  for (const VectorIndex& index : vector_indexes(table, space, run_.graph)) {
    bool is_known = false;
    bool is_valid = false;
    if (is_there) {
      FIT_CHECK(target.query("SELECT indisvalid FROM pg_index WHERE indexrelid = to_regclass($1)",
                             {std::string_view(index.name)}, [&](const sql::SqlRow& row) {
                               is_known = true;
                               is_valid = row.integer(0) != 0;
                             }));
    }
    if (is_valid) continue;
    std::vector<std::string> statements;
    if (is_known) statements.push_back("DROP INDEX CONCURRENTLY " + index.name);
    statements.push_back(index.concurrent_sql());
    add(fit::format("index {}{}", index.name, is_known ? " (an unfinished one is removed first)" : ""), shard,
        std::move(statements), true);
  }
  return {};
}

Result<void> LayoutPlan::plan_remote_table(const domain::SpaceRecord& space,
                                           const VectorLayout::Partition& partition) {
  const std::string table = partition_table(fit::format("vectors_{}", space.id), partition);
  sql::SqlConnection& shard = *shards_.at(partition.shard).connection;
  FIT_TRY(const bool is_there, has_table(shard, table));
  if (!is_there) {
    add(fit::format("{}: table on shard {}", table, partition.shard), partition.shard,
        {vector_table_sql(table, space, true),
         fit::format("COMMENT ON TABLE {} IS {}", table, sql_quoted(owner()))});
    return {};
  }
  std::string owned_by;
  FIT_CHECK(shard.query("SELECT COALESCE(obj_description(to_regclass($1), 'pg_class'), '')",
                        {std::string_view(table)}, [&](const sql::SqlRow& row) { owned_by = row.text(0); }));
  if (owned_by != owner()) {
    return conflict(
        fit::format("shard {} has a table {} that does not belong to this catalogue: each catalogue needs a "
                    "database of its own there",
                    partition.shard, table));
  }
  FIT_TRY(const bool has_rows, is_true(shard, fit::format("SELECT EXISTS (SELECT 1 FROM {})", table), {}));
  if (has_rows) {
    add(fit::format("{}: what an interrupted run left on shard {} is removed", table, partition.shard),
        partition.shard, {fit::format("TRUNCATE {}", table)});
  }
  return {};
}

// Copies the rows in one transaction. A trigger copies later changes until the partition is attached.
void LayoutPlan::plan_copy(const domain::SpaceRecord& space, const VectorLayout::Partition& partition) {
  const std::string parent = fit::format("vectors_{}", space.id);
  const std::string table = partition_table(parent, partition);
  std::vector<std::string> statements;
  if (partition.shard.empty()) {
    statements.push_back(vector_table_sql(table, space, false));
  } else {
    statements.push_back(
        fit::format("CREATE FOREIGN TABLE {0} ({1}) SERVER {2} OPTIONS (schema_name {3}, table_name {4})",
                    table, vector_column_definitions(space.dimensions), shard_server(partition.shard),
                    sql_quoted(shards_.at(partition.shard).schema), sql_quoted(table)));
  }
  statements.push_back(
      fit::format("INSERT INTO {0} ({1}) SELECT {1} FROM {2} WHERE category IN ({3}) "
                  "ORDER BY category, price",
                  table, vector_column_names(), rest_table(parent), category_list(partition)));
  if (partition.shard.empty()) statements.push_back(copy_filter_columns_sql(table));
  for (std::string& statement : mirror_sql(rest_table(parent), table, category_list(partition))) {
    statements.push_back(std::move(statement));
  }
  add(fit::format("{}: rows of {}", table, joined(partition.categories)), "", std::move(statements));
}

void LayoutPlan::plan_attach(const domain::SpaceRecord& space, const VectorLayout::Partition& partition) {
  const std::string parent = fit::format("vectors_{}", space.id);
  const std::string table = partition_table(parent, partition);
  const std::string rest = rest_table(parent);
  std::vector<std::string> statements = {
      "SET LOCAL fit.mirror = off",
      fit::format("DELETE FROM {} WHERE category IN ({})", rest, category_list(partition))};
  for (std::string& statement : end_mirror_sql(rest, table)) statements.push_back(std::move(statement));
  statements.push_back(attach_sql(parent, partition));
  if (!partition.shard.empty()) statements.push_back(copy_filter_columns_sql(table));
  add(fit::format("{}: replaces its rows in {}", table, rest), "", std::move(statements));
  if (!partition.shard.empty()) {
    add(fit::format("{}: statistics", table), partition.shard, {"ANALYZE " + table}, true);
  }
  add(fit::format("{}: statistics", table), "", {"ANALYZE " + table, "ANALYZE " + rest}, true);
}

Result<void> LayoutPlan::plan_partition(const domain::SpaceRecord& space,
                                        const VectorLayout::Partition& partition, bool is_attached) {
  const std::string table = partition_table(fit::format("vectors_{}", space.id), partition);
  const bool is_remote = !partition.shard.empty();
  sql::SqlConnection& target = is_remote ? *shards_.at(partition.shard).connection : connection_;
  FIT_TRY(const bool is_there, has_table(connection_, table));
  if (!is_there) {
    if (is_remote) FIT_CHECK(plan_remote_table(space, partition));
    plan_copy(space, partition);
  }
  FIT_CHECK(plan_indexes(target, partition.shard, space, table, is_there));
  if (!is_attached) plan_attach(space, partition);
  return {};
}

Result<void> LayoutPlan::plan_space(const domain::SpaceRecord& space) {
  FIT_TRY(const VectorLeaves known, read_leaves(connection_, space.id));
  FIT_CHECK(check_leaves(known));
  if (!known.is_partitioned()) plan_conversion(space);
  for (const VectorLayout::Partition& partition : layout_.partitions) {
    const bool is_attached = std::ranges::any_of(known.leaves, [&](const VectorLeaf& leaf) {
      return leaf.table == partition_table(known.parent, partition);
    });
    FIT_CHECK(plan_partition(space, partition, is_attached));
  }
  return {};
}

Result<void> LayoutPlan::make() {
  FIT_TRY(const bool has_layout, find_layout());
  if (!has_layout) return {};
  FIT_CHECK(check_stored());
  FIT_CHECK(connection_.query("SELECT value FROM store_meta WHERE name = 'store_id'", {},
                              [this](const sql::SqlRow& row) { store_id_ = row.text(0); }));
  FIT_CHECK(open_shards());
  for (const VectorLayout::Shard& shard : layout_.shards) FIT_CHECK(plan_server(shard));
  FIT_CHECK(plan_functions());
  if (!stored_ || layout_text(*stored_) != layout_text(layout_)) {
    add("the layout, for future spaces", "",
        {fit::format("INSERT INTO store_meta (name, value) VALUES ({}, {}) "
                     "ON CONFLICT (name) DO UPDATE SET value = excluded.value",
                     sql_quoted(kStoredLayout), sql_quoted(layout_text(layout_)))});
  }
  FIT_TRY(const auto spaces, read_spaces(connection_));
  for (const domain::SpaceRecord& space : spaces) {
    if (space.of == domain::VectorsOf::kImages) FIT_CHECK(plan_space(space));
  }
  return {};
}

Result<void> LayoutPlan::perform(const LayoutStep& step) {
  sql::SqlConnection& target = step.shard.empty() ? connection_ : *shards_.at(step.shard).connection;
  const auto run_one = [&](std::string statement) -> Result<void> {
    for (const auto& [name, shard] : shards_) {
      // A statement with a password names one shard.
      if (!statement.contains(shard_server(name) + " ")) continue;
      const std::size_t at = statement.find(kMask);
      if (at != std::string::npos) statement.replace(at, kMask.size(), sql_quoted(shard.password));
    }
    return target.run_script(statement);
  };
  if (step.is_concurrent) {
    for (const std::string& statement : step.statements) FIT_CHECK(run_one(statement));
    return {};
  }
  FIT_TRY(auto transaction, sql::Transaction::write(target, sql::Ordering::kOrdered));
  for (const std::string& statement : step.statements) FIT_CHECK(run_one(statement));
  return transaction.commit();
}

}  // namespace

Result<std::vector<LayoutStep>> layout_steps(sql::SqlConnection& connection, const LayoutRun& run) {
  LayoutPlan plan(connection, run);
  FIT_CHECK(plan.make());
  return std::move(plan.steps);
}

Result<void> apply_layout(sql::SqlConnection& connection, const LayoutRun& run,
                          const std::function<void(const LayoutStep&)>& begin) {
  LayoutPlan plan(connection, run);
  FIT_CHECK(plan.make());
  for (const LayoutStep& step : plan.steps) {
    if (begin) begin(step);
    auto done = plan.perform(step);
    if (done) continue;
    Error error = std::move(done).error();
    error.field = "layout";
    error.message = fit::format("{}: {}", step.what, error.message);
    return error;
  }
  return {};
}

}  // namespace fit::store
