#include <algorithm>
#include <filesystem>

#include "store/database_url.h"
#include "store/migrations.h"
#include "store/sql_store.h"
#include "store/sqlite_connection.h"
#include "store/store.h"

namespace fit::store {
namespace {

Result<std::unique_ptr<Store>> open_sqlite_store(const std::filesystem::path& path,
                                                 const OpenOptions& options) {
  constexpr int kWriterCacheKib = 16384;
  SqliteOptions session{.path = path, .busy_timeout = options.busy_timeout, .cache_kib = kWriterCacheKib};
  FIT_TRY(auto writer, open_sqlite(session));
  FIT_CHECK(migrate(*writer, catalogue_migrations()));
  session.cache_kib = SqliteOptions{}.cache_kib;
  session.query_only = true;
  std::vector<std::unique_ptr<SqlConnection>> readers;
  for (std::size_t i = 0; i < std::max<std::size_t>(options.read_connections, 1); ++i) {
    FIT_TRY(auto reader, open_sqlite(session));
    readers.push_back(std::move(reader));
  }
  return SqlStore::make(std::move(writer), std::move(readers));
}

}  // namespace

Result<std::unique_ptr<Store>> open_store(const std::string& database_url, const OpenOptions& options) {
  FIT_TRY(const auto path, sqlite_path(database_url));
  auto opened = open_sqlite_store(path, options);
  if (!opened && opened.error().field.empty()) opened.error().field = kDatabaseUrl;
  return opened;
}

}  // namespace fit::store
