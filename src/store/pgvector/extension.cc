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

}  // namespace

Result<std::unique_ptr<sql::SqlConnection>> open_with_pgvector(const std::string& url,
                                                               std::chrono::seconds connect_timeout) {
  FIT_TRY(auto connection, sql::open_postgres({.url = url, .connect_timeout = connect_timeout}));
  FIT_CHECK(ensure_pgvector(*connection));
  return connection;
}

}  // namespace fit::store
