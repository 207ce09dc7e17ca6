#pragma once

#include <filesystem>
#include <string_view>

#include "base/result.h"

namespace fit::sql {

// The setting that errors about the URL name.
inline constexpr std::string_view kDatabaseUrl = "DATABASE_URL";

// Whether the URL is one of PostgreSQL, by its scheme.
bool is_postgres(std::string_view url);

// Returns the path in "sqlite:///relative.db" or "sqlite:////absolute.db"; kInvalid naming DATABASE_URL for
// other texts.
Result<std::filesystem::path> sqlite_path(std::string_view url);

}  // namespace fit::sql
