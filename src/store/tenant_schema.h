#pragma once

#include <string>
#include <string_view>

#include "base/result.h"

namespace fit::store {

// The schemas that hold the catalogues of tenants in a PostgreSQL database begin with this.
inline constexpr std::string_view kTenantSchemaPrefix = "tenant_";

// Returns the schema of a tenant: its name after the prefix. PostgreSQL's names have at most 63 bytes; a
// longer one is cut, and ends in "~" and a hash of the name, so that two tenants never share one.
std::string tenant_schema(std::string_view tenant);

// Returns the URL whose sessions have the schema of a tenant alone. The errors of sql::with_schema().
Result<std::string> tenant_database_url(const std::string& url, std::string_view tenant);

// Make, find and remove the schema of a URL of tenant_database_url() with all that is in it. Making one that
// is there and removing one that is not are no errors. Block; the errors of sql::open_postgres() and of the
// session.
Result<void> make_schema(const std::string& tenant_url);
Result<bool> has_schema(const std::string& tenant_url);
Result<void> remove_schema(const std::string& tenant_url);

}  // namespace fit::store
