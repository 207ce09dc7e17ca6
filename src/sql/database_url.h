#pragma once

#include <filesystem>
#include <string_view>

#include "base/result.h"

namespace fit::sql {

inline constexpr std::string_view kDatabaseUrl = "DATABASE_URL";

bool is_postgres(std::string_view url);

// The path in "sqlite:///relative.db" or "sqlite:////absolute.db"; kInvalid naming DATABASE_URL for others.
Result<std::filesystem::path> sqlite_path(std::string_view url);

}  // namespace fit::sql
