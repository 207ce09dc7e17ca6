#include <algorithm>
#include <filesystem>

#include "store/migrations.h"
#include "store/sql_store.h"
#include "store/sqlite_connection.h"
#include "store/store.h"

namespace fit::store {
namespace {

constexpr std::string_view kSetting = "DATABASE_URL";

// The path in "sqlite:///relative.db" or "sqlite:////absolute.db".
Result<std::filesystem::path> sqlite_path(std::string_view url) {
  constexpr std::string_view kScheme = "sqlite:///";
  if (url.starts_with("postgres://") || url.starts_with("postgresql://")) {
    return invalid(std::string(kSetting), "PostgreSQL is not supported yet; use sqlite:///path/to/file.db");
  }
  if (!url.starts_with(kScheme)) {
    return invalid(std::string(kSetting),
                   "must look like sqlite:///relative.db or sqlite:////absolute/path.db");
  }
  const std::string_view path = url.substr(kScheme.size());
  if (path.empty() || path.ends_with('/')) return invalid(std::string(kSetting), "must name a file");
  if (path == ":memory:")
    return invalid(std::string(kSetting), "must name a file; a database in memory would be lost");
  if (path.find_first_of(std::string_view("?#\0", 3)) != std::string_view::npos) {
    return invalid(std::string(kSetting), "must be a plain path, without '?', '#' or options");
  }
  return std::filesystem::path(path);
}

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
  if (!opened && opened.error().field.empty()) opened.error().field = kSetting;
  return opened;
}

}  // namespace fit::store
