#pragma once

#include <map>
#include <memory>
#include <string>

#include "sql/sql_connection.h"
#include "store/pgvector/vector_layout.h"

namespace fit::store {

// Returns the options that a statement returns as rows "name=value"; its parameter $1 is the server.
Result<std::map<std::string, std::string>> option_list(sql::SqlConnection& database, std::string_view sql,
                                                       const std::string& server);

// Returns the options of the database's user mapping for a shard: user, and password where there is one.
// Empty without a mapping.
Result<std::map<std::string, std::string>> mapped_user(sql::SqlConnection& database,
                                                       const std::string& shard);

// Opens a session with a shard of the catalogue's layout, with the user and password that the database has
// for it. Errors as for open_postgres(), with the shard's name; kNotFound when the layout has no such shard.
Result<std::unique_ptr<sql::SqlConnection>> open_shard(sql::SqlConnection& database,
                                                       const VectorLayout& layout, const std::string& name);

// Opens a session with the shard `name` at an address that includes the password. Errors as for open_shard().
Result<std::unique_ptr<sql::SqlConnection>> open_shard_at(const std::string& address,
                                                          const std::string& name);

}  // namespace fit::store
