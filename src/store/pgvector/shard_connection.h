#pragma once

#include <map>
#include <memory>
#include <string>

#include "sql/sql_connection.h"
#include "store/pgvector/vector_layout.h"

namespace fit::store {

// The options that a statement answers as rows "name=value"; $1 is the server.
Result<std::map<std::string, std::string>> option_list(sql::SqlConnection& database, std::string_view sql,
                                                       const std::string& server);

// What the database's user mapping says of a shard: user, and password where there is one. Empty where there
// is none.
Result<std::map<std::string, std::string>> mapped_user(sql::SqlConnection& database,
                                                       const std::string& shard);

// A session with a shard of the catalogue's layout, with the user and password that the database has for it.
// The errors of a connection, naming the shard; kNotFound for one that the layout has not.
Result<std::unique_ptr<sql::SqlConnection>> open_shard(sql::SqlConnection& database,
                                                       const VectorLayout& layout, const std::string& name);

// The same by an address that has the password.
Result<std::unique_ptr<sql::SqlConnection>> open_shard_at(const std::string& address,
                                                          const std::string& name);

}  // namespace fit::store
