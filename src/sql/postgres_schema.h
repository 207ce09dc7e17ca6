#pragma once

#include <string>
#include <string_view>

#include "base/result.h"

namespace fit::sql {

// Returns a PostgreSQL URL whose sessions have `schema` as the only one in their search_path, so that tables
// of other schemas do not exist for them. The types and operators of extensions in other schemas must be
// named with their schema. Options of the URL stay. kInvalid for a text that is no URL of PostgreSQL.
Result<std::string> with_schema(const std::string& url, std::string_view schema);

// Returns the schema that with_schema() put into the URL; empty when there is none.
std::string own_schema(const std::string& url);

// Quotes a name for SQL: "tenant_a".
std::string quoted_name(std::string_view name);

}  // namespace fit::sql
