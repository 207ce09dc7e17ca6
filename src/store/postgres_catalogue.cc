#include "store/postgres_catalogue.h"

#include <algorithm>

#include "sql/postgres_address.h"
#include "sql/postgres_connection.h"
#include "sql/postgres_replicas.h"
#include "store/pgvector/extension.h"

namespace fit::store {
namespace {

constexpr std::size_t kUnorderedWriters = 4;               // connections, opened when they are needed
constexpr std::chrono::seconds kMaxPoolWait{30};           // for a free connection
constexpr std::chrono::seconds kStandbyConnectTimeout{2};  // at most; reads can go elsewhere

}  // namespace

Result<std::unique_ptr<Catalogue>> open_postgres_catalogue(const std::string& url,
                                                           const OpenOptions& options) {
  {
    FIT_TRY(const auto first, open_with_pgvector(url));
    FIT_CHECK(sql::migrate(*first, catalogue_schema(postgres_engine())));
  }
  const sql::PostgresOptions session{
      .url = url, .lock_timeout = options.busy_timeout, .statement_timeout = options.statement_timeout};
  const auto open = [session] { return sql::open_postgres(session); };
  const auto write_wait = std::max<std::chrono::milliseconds>(kMaxPoolWait, options.busy_timeout);
  sql::Database::Pools pools;
  pools.ordered = std::make_unique<sql::ConnectionPool>(
      open, sql::ConnectionPool::Options{.size = 1, .wait = write_wait});
  pools.unordered = std::make_unique<sql::ConnectionPool>(
      open, sql::ConnectionPool::Options{.size = kUnorderedWriters, .wait = write_wait});
  const sql::ConnectionPool::Options reading{.size = std::max<std::size_t>(options.connections, 1),
                                             .overflow = options.overflow_connections,
                                             .wait = kMaxPoolWait};
  auto readers = std::make_unique<sql::ConnectionPool>(open, reading);
  if (options.read_urls.empty()) {
    pools.readers = std::move(readers);
    return Catalogue::make(std::move(pools), postgres_engine(), options.graph);
  }

  std::vector<sql::PostgresReplicas::Named> standbys;
  for (const std::string& read_url : options.read_urls) {
    sql::PostgresOptions standby = session;
    standby.url = read_url;
    standby.connect_timeout = kStandbyConnectTimeout;
    standbys.push_back({.name = sql::postgres_host(read_url),
                        .pool = std::make_unique<sql::ConnectionPool>(
                            [standby] { return sql::open_postgres(standby); }, reading)});
    // A standby that is not reachable now may become so; a wrong URL is an error.
    const auto first = standbys.back().pool->acquire();
    if (!first && first.error().code == ErrorCode::kInvalid) {
      Error wrong = first.error();
      wrong.field = "DATABASE_READ_URL";
      return wrong;
    }
  }
  pools.readers = std::make_unique<sql::PostgresReplicas>(
      std::move(readers), std::move(standbys),
      sql::PostgresReplicas::Options{.max_lag = options.max_lag,
                                     .identity_sql = "SELECT value FROM store_meta WHERE name = 'store_id'"});
  return Catalogue::make(std::move(pools), postgres_engine(), options.graph);
}

}  // namespace fit::store
