#include "store/postgres_store.h"

#include <algorithm>
#include <charconv>

#include "base/format.h"
#include "sql/postgres_address.h"
#include "sql/postgres_connection.h"
#include "sql/postgres_replicas.h"
#include "store/catalogue_migrations.h"
#include "store/sql_store.h"

namespace fit::store {
namespace {

constexpr std::chrono::seconds kLongestWait{30};     // for a free connection
constexpr std::chrono::seconds kStandbyConnects{2};  // at most; reads can go elsewhere

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

// Halfvec came with 0.7, scans that go on until enough rows pass a filter with 0.8.
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

Result<std::unique_ptr<sql::SqlConnection>> prepare_postgres(const std::string& url,
                                                             std::chrono::seconds connect_timeout) {
  FIT_TRY(auto connection, sql::open_postgres({.url = url, .connect_timeout = connect_timeout}));
  FIT_CHECK(ensure_pgvector(*connection));
  return connection;
}

Result<std::unique_ptr<Store>> open_postgres_store(const std::string& url, const OpenOptions& options) {
  {
    FIT_TRY(const auto first, prepare_postgres(url));
    FIT_CHECK(sql::migrate(*first, catalogue_migrations()));
  }
  const sql::PostgresOptions session{
      .url = url, .lock_timeout = options.busy_timeout, .statement_timeout = options.statement_timeout};
  const auto open = [session] { return sql::open_postgres(session); };
  auto writers = std::make_unique<sql::ConnectionPool>(
      open, sql::ConnectionPool::Options{
                .size = 1, .wait = std::max<std::chrono::milliseconds>(kLongestWait, options.busy_timeout)});
  const sql::ConnectionPool::Options reading{.size = std::max<std::size_t>(options.connections, 1),
                                             .overflow = options.overflow_connections,
                                             .wait = kLongestWait};
  auto readers = std::make_unique<sql::ConnectionPool>(open, reading);
  if (options.read_urls.empty()) {
    return SqlStore::make(std::move(writers), std::move(readers), options.graph);
  }

  std::vector<sql::PostgresReplicas::Named> standbys;
  for (const std::string& read_url : options.read_urls) {
    sql::PostgresOptions standby = session;
    standby.url = read_url;
    standby.connect_timeout = kStandbyConnects;
    standbys.push_back({.name = sql::postgres_host(read_url),
                        .pool = std::make_unique<sql::ConnectionPool>(
                            [standby] { return sql::open_postgres(standby); }, reading)});
    // One that does not answer now may do so later; a wrong address is told at once.
    const auto first = standbys.back().pool->acquire();
    if (!first && first.error().code == ErrorCode::kInvalid) {
      Error wrong = first.error();
      wrong.field = "DATABASE_READ_URL";
      return wrong;
    }
  }
  return SqlStore::make(
      std::move(writers),
      std::make_unique<sql::PostgresReplicas>(std::move(readers), std::move(standbys),
                                              sql::PostgresReplicas::Options{.max_lag = options.max_lag}),
      options.graph);
}

}  // namespace fit::store
