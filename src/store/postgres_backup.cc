#include "store/postgres_backup.h"

#include <algorithm>
#include <map>

#include "base/files.h"
#include "base/format.h"
#include "base/subprocess.h"
#include "sql/postgres_address.h"
#include "sql/postgres_connection.h"
#include "sql/postgres_schema.h"
#include "store/pgvector/extension.h"
#include "store/tenant_schema.h"

namespace fit::store {
namespace {

constexpr std::string_view kDump = "dump";
// A file beside the dump with the name of the schema of a tenant, which has a dump of its own.
constexpr std::string_view kSchema = "schema";
constexpr std::size_t kMaxSchemaBytes = 200;

// How PostgreSQL's programs get the address: as an argument, and the password in the environment, where other
// users of the machine cannot read it.
struct Target {
  std::string connection;
  std::map<std::string, std::string> environment;
};

Result<Target> target_of(const std::string& url) {
  FIT_TRY(const sql::PostgresAddress address, sql::postgres_address(url));
  Target target;
  for (const auto& [keyword, value] : address) {
    if (keyword == "password") {
      target.environment["PGPASSWORD"] = value;
    } else {
      target.connection += fit::format("{}={} ", keyword, sql::quoted_for_libpq(value));
    }
  }
  return target;
}

Result<void> run(const std::vector<std::string>& command, const Target& target, const std::stop_token& stop) {
  FIT_TRY(const auto done, run_program(command, target.environment, stop));
  if (done.status == 0) return {};
  const bool is_full = done.errors.find("No space left on device") != std::string::npos;
  return Error{is_full ? ErrorCode::kStorageFull : ErrorCode::kUnavailable,
               is_full ? "there is no space left" : fit::format("{} failed", command.front()),
               {},
               done.errors};
}

Result<std::string> read_text(sql::SqlConnection& connection, std::string_view sql) {
  std::string text;
  FIT_CHECK(connection.query(sql, {}, [&text](const sql::SqlRow& row) { text = row.text(0); }));
  return text;
}

Result<std::vector<std::string>> tables_of(sql::SqlConnection& connection) {
  std::vector<std::string> tables;
  FIT_CHECK(
      connection.query("SELECT relname FROM pg_class c WHERE relnamespace = current_schema()::regnamespace "
                       "AND relkind IN ('r', 'p') AND NOT EXISTS (SELECT 1 FROM pg_depend d WHERE "
                       "d.objid = c.oid AND d.deptype = 'e') ORDER BY relname",
                       {}, [&tables](const sql::SqlRow& row) { tables.emplace_back(row.text(0)); }));
  return tables;
}

// Describes the database within a read transaction. A table's checksum is the sum of the hashes of its rows.
Result<DumpInfo> describe(sql::SqlConnection& connection) {
  FIT_TRY(const auto tables, tables_of(connection));
  if (std::ranges::find(tables, "schema_migrations") == tables.end()) {
    return not_found("there is no catalogue in the database");
  }
  DumpInfo info{.engine = "postgresql", .store_id = {}, .tables = {}};
  FIT_TRY(info.store_id, read_text(connection, "SELECT value FROM store_meta WHERE name = 'store_id'"));
  FIT_TRY(const auto position,
          connection.query_integer("SELECT value FROM counters WHERE name = 'position'", {}));
  FIT_TRY(const auto version, connection.query_integer("SELECT MAX(version) FROM schema_migrations", {}));
  info.position = position.value_or(0);
  info.schema_version = version.value_or(0);
  for (const std::string& table : tables) {
    TableSum sum{.name = table, .rows = 0, .checksum = {}};
    FIT_CHECK(connection.query(
        fit::format(
            "SELECT COUNT(*), COALESCE(SUM(hashtextextended(t::text, 0)::numeric), 0)::text FROM \"{}\" t",
            table),
        {}, [&sum](const sql::SqlRow& row) {
          sum.rows = row.integer(0);
          sum.checksum = row.text(1);
        }));
    info.tables.push_back(std::move(sum));
  }
  return info;
}

// kConflict where vectors lie on shards: a dump of this server would lack them.
Result<void> refuse_shards(sql::SqlConnection& connection) {
  FIT_TRY(const auto shards,
          connection.query_integer("SELECT count(*) FROM pg_inherits i JOIN pg_class c ON c.oid = "
                                   "i.inhrelid WHERE c.relkind = 'f'",
                                   {}));
  if (shards.value_or(0) == 0) return {};
  return Error{
      ErrorCode::kConflict,
      "the catalogue has vectors on shards, which one backup cannot hold together: bring it into another "
      "database with fit copy, and back that up",
      {},
      {}};
}

// Drops everything in the schema that belongs to no extension. Only for a schema that was empty before the
// restore.
Result<void> drop_all(sql::SqlConnection& connection) {
  return connection.run_script(
      "DO $$ DECLARE one record; BEGIN "
      "FOR one IN SELECT c.oid::regclass AS name FROM pg_class c WHERE relkind IN ('r', 'p') AND "
      "NOT relispartition AND relnamespace = current_schema()::regnamespace AND NOT EXISTS "
      "(SELECT 1 FROM pg_depend d WHERE d.objid = c.oid AND d.deptype = 'e') LOOP "
      "EXECUTE format('DROP TABLE IF EXISTS %s CASCADE', one.name); END LOOP; "
      "FOR one IN SELECT p.oid::regprocedure AS name FROM pg_proc p WHERE "
      "pronamespace = current_schema()::regnamespace AND NOT EXISTS "
      "(SELECT 1 FROM pg_depend d WHERE d.objid = p.oid AND d.deptype = 'e') LOOP "
      "EXECUTE format('DROP ROUTINE IF EXISTS %s CASCADE', one.name); END LOOP; END $$");
}

Result<void> compare(sql::SqlConnection& connection, const DumpInfo& info) {
  FIT_TRY(const auto transaction, sql::Transaction::read(connection));
  FIT_TRY(const DumpInfo found, describe(connection));
  for (const TableSum& wanted : info.tables) {
    if (std::ranges::find(found.tables, wanted) != found.tables.end()) continue;
    return malformed("backup",
                     fit::format("the restored table {} is not the one that was saved", wanted.name));
  }
  return {};
}

// What pg_dump writes: the schema of the session, or everything except the schemas of others.
std::string dumped_schemas(const std::string& schema) {
  if (schema.empty()) return fit::format("--exclude-schema={}*", kTenantSchemaPrefix);
  return fit::format("--schema={}", sql::quoted_name(schema));
}

// The schema that a dump makes; empty for a dump of everything.
Result<std::string> dumped_schema(const std::filesystem::path& folder) {
  const auto text = read_file(folder / kSchema, kMaxSchemaBytes);
  if (text) return std::string(as_text(*text));
  if (text.error().code == ErrorCode::kNotFound) return std::string();
  return text.error();
}

// kConflict unless the dump can be restored to a database of this URL.
Result<void> check_schema(sql::SqlConnection& connection, const std::string& dumped,
                          const std::string& wanted) {
  if (dumped.empty() != wanted.empty()) {
    return Error{ErrorCode::kConflict,
                 dumped.empty()
                     ? "the backup is of the tenant default, which is restored to a database of its own"
                     : "the backup is of a tenant, and is restored as one: fit tenant create --from",
                 {},
                 {}};
  }
  for (const std::string& schema : {dumped, wanted}) {
    if (schema.empty()) continue;
    FIT_TRY(const auto there, connection.query_integer("SELECT COUNT(*) FROM pg_namespace WHERE nspname = $1",
                                                       {std::string_view(schema)}));
    if (there.value_or(0) != 0) {
      return Error{ErrorCode::kConflict,
                   fit::format("the database has the schema {}, which the restored tenant needs", schema),
                   {},
                   {}};
    }
  }
  return {};
}

// Gives the schema that a dump has made the name that it has from now on.
Result<void> rename_schema(sql::SqlConnection& connection, const std::string& dumped,
                           const std::string& wanted) {
  if (dumped == wanted) return {};
  return connection.run_script(
      fit::format("ALTER SCHEMA {} RENAME TO {}", sql::quoted_name(dumped), sql::quoted_name(wanted)));
}

// Removes what a failed restore has left.
Result<void> drop_restored(sql::SqlConnection& connection, const std::string& dumped,
                           const std::string& wanted) {
  if (wanted.empty()) return drop_all(connection);
  for (const std::string& schema : {dumped, wanted}) {
    FIT_CHECK(
        connection.run_script(fit::format("DROP SCHEMA IF EXISTS {} CASCADE", sql::quoted_name(schema))));
  }
  return {};
}

}  // namespace

Result<DumpInfo> dump_postgres(const std::string& url, const std::filesystem::path& folder,
                               const DumpOptions& options, const std::stop_token& stop) {
  FIT_TRY(const Target target, target_of(url));
  const std::string schema = sql::own_schema(url);
  FIT_TRY(const auto connection, sql::open_postgres({.url = url}));
  FIT_CHECK(refuse_shards(*connection));
  // pg_dump can use the exported snapshot as long as this transaction is open.
  FIT_TRY(const auto transaction, sql::Transaction::read(*connection));
  FIT_TRY(DumpInfo info, describe(*connection));
  FIT_TRY(const std::string snapshot, read_text(*connection, "SELECT pg_export_snapshot()"));
  FIT_CHECK(run(
      {"pg_dump", "--format=directory", fit::format("--jobs={}", options.jobs), "--no-owner",
       "--no-privileges", dumped_schemas(schema), fit::format("--snapshot={}", snapshot),
       fit::format("--file={}", (folder / kDump).string()), fit::format("--dbname={}", target.connection)},
      target, stop));
  if (!schema.empty()) FIT_CHECK(write_file_atomically(folder / kSchema, as_bytes(schema)));
  options.progress(1, 1);
  return info;
}

Result<void> restore_postgres(const std::string& url, const std::filesystem::path& folder,
                              const DumpInfo& info, const DumpOptions& options, const std::stop_token& stop) {
  FIT_TRY(const Target target, target_of(url));
  FIT_TRY(const auto connection, open_with_pgvector(url));
  FIT_TRY(const auto tables, tables_of(*connection));
  if (!tables.empty()) {
    return Error{ErrorCode::kConflict, "the database has tables already: restore to an empty one", {}, {}};
  }
  const std::string schema = sql::own_schema(url);
  FIT_TRY(const std::string dumped, dumped_schema(folder));
  FIT_CHECK(check_schema(*connection, dumped, schema));
  // --no-comments: only the owner of an extension may set its comment.
  Result<void> done = run(
      {"pg_restore", fit::format("--jobs={}", options.jobs), "--no-owner", "--no-privileges", "--no-comments",
       "--exit-on-error", fit::format("--dbname={}", target.connection), (folder / kDump).string()},
      target, stop);
  if (done) done = rename_schema(*connection, dumped, schema);
  if (done) done = compare(*connection, info);
  if (done) done = connection->run_script("DELETE FROM store_meta WHERE name = 'store_id'; ANALYZE");
  if (!done) {
    const auto dropped = drop_restored(*connection, dumped, schema);
    if (!dropped)
      done.error().detail += "; and what was restored could not be removed: " + dropped.error().detail;
    return done;
  }
  options.progress(1, 1);
  return {};
}

}  // namespace fit::store
