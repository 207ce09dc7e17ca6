#include "store/pgvector/extension.h"

#include <charconv>

#include "base/format.h"
#include "sql/postgres_connection.h"

namespace fit::store {
namespace {

Error extension_error(std::string message, std::string detail) {
  return {ErrorCode::kInvalid, std::move(message), {}, std::move(detail)};
}

Result<std::string> extension_version(sql::SqlConnection& connection) {
  std::string version;
  FIT_CHECK(connection.query("SELECT extversion FROM pg_extension WHERE extname = $1", {"vector"},
                             [&version](const sql::SqlRow& row) { version = row.text(0); }));
  return version;
}

bool is_older_than_0_8(std::string_view version) {
  int major = 0;
  int minor = 0;
  const char* const end = version.data() + version.size();
  const auto dot = std::from_chars(version.data(), end, major).ptr;
  if (dot != end) std::from_chars(dot + 1, end, minor);
  return major == 0 && minor < 8;
}

// halfvec came with 0.7, and iterative scans, which continue until enough rows pass a filter, with 0.8.
Result<void> ensure_pgvector(sql::SqlConnection& connection) {
  FIT_TRY(std::string version, extension_version(connection));
  if (version.empty()) {
    const auto made = connection.run_script("CREATE EXTENSION IF NOT EXISTS vector");
    FIT_TRY(version, extension_version(connection));
    if (version.empty()) {
      return extension_error(
          "the database lacks the extension pgvector: install it on the server and run CREATE EXTENSION "
          "vector "
          "as a user who may",
          made ? "" : made.error().detail);
    }
  }
  if (is_older_than_0_8(version)) {
    return extension_error(
        fit::format("the database has pgvector {}; 0.8 or newer is needed: install it on the server and run "
                    "ALTER EXTENSION vector UPDATE",
                    version),
        "");
  }
  return {};
}

Result<std::string> read_text(sql::SqlConnection& connection, std::string_view sql) {
  std::string text;
  FIT_CHECK(connection.query(sql, {}, [&text](const sql::SqlRow& row) { text = row.text(0); }));
  return text;
}

// The search_path with pgvector's schema at its end; empty where the session reaches that schema already.
Result<std::string> longer_search_path(sql::SqlConnection& connection) {
  return read_text(
      connection,
      "SELECT CASE WHEN n.nspname = ANY (current_schemas(FALSE)) THEN '' ELSE "
      "concat_ws(', ', NULLIF(current_setting('search_path'), ''), quote_ident(n.nspname)) END "
      "FROM pg_extension e JOIN pg_namespace n ON n.oid = e.extnamespace WHERE e.extname = 'vector'");
}

Result<void> set_search_path(sql::SqlConnection& connection, std::string_view path) {
  return connection.query("SELECT set_config('search_path', $1, TRUE)", {path}, [](const sql::SqlRow&) {});
}

}  // namespace

Result<std::string> pgvector_schema(sql::SqlConnection& connection) {
  FIT_TRY(std::string schema,
          read_text(connection,
                    "SELECT quote_ident(n.nspname) FROM pg_extension e JOIN pg_namespace n ON n.oid = "
                    "e.extnamespace WHERE e.extname = 'vector'"));
  if (schema.empty()) return extension_error("the database lacks the extension pgvector", "");
  return schema;
}

Result<void> run_with_pgvector(sql::SqlConnection& connection, const std::string& script) {
  FIT_TRY(const std::string path, longer_search_path(connection));
  if (path.empty()) return connection.run_script(script);
  FIT_TRY(const std::string before, read_text(connection, "SELECT current_setting('search_path')"));
  FIT_CHECK(set_search_path(connection, path));
  FIT_CHECK(connection.run_script(script));
  return set_search_path(connection, before);
}

Result<std::unique_ptr<sql::SqlConnection>> open_with_pgvector(const std::string& url,
                                                               std::chrono::seconds connect_timeout) {
  FIT_TRY(auto connection, sql::open_postgres({.url = url, .connect_timeout = connect_timeout}));
  FIT_CHECK(ensure_pgvector(*connection));
  return connection;
}

}  // namespace fit::store
