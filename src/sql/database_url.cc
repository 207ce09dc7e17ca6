#include "sql/database_url.h"

namespace fit::sql {

bool is_postgres(std::string_view url) {
  return url.starts_with("postgres://") || url.starts_with("postgresql://");
}

Result<std::filesystem::path> sqlite_path(std::string_view url) {
  constexpr std::string_view kScheme = "sqlite:///";
  if (!url.starts_with(kScheme)) {
    return invalid(std::string(kDatabaseUrl),
                   "must look like sqlite:///relative.db, sqlite:////absolute/path.db or "
                   "postgresql://user:password@host:5432/database");
  }
  const std::string_view path = url.substr(kScheme.size());
  if (path.empty() || path.ends_with('/')) return invalid(std::string(kDatabaseUrl), "must name a file");
  if (path == ":memory:")
    return invalid(std::string(kDatabaseUrl), "must name a file; a database in memory would be lost");
  if (path.find_first_of(std::string_view("?#\0", 3)) != std::string_view::npos) {
    return invalid(std::string(kDatabaseUrl), "must be a plain path, without '?', '#' or options");
  }
  return std::filesystem::path(path);
}

}  // namespace fit::sql
