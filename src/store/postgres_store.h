#pragma once

#include <memory>
#include <string>

#include "sql/postgres_connection.h"
#include "store/store.h"

namespace fit::store {

// A session for migrations, without a limit of time, with a database that has pgvector: its extension is made
// when the user may do so.
Result<std::unique_ptr<sql::SqlConnection>> prepare_postgres(
    const std::string& url, std::chrono::seconds connect_timeout = std::chrono::seconds(10));

// open_store() for a PostgreSQL URL; errors name no setting, except DATABASE_READ_URL.
Result<std::unique_ptr<Store>> open_postgres_store(const std::string& url, const OpenOptions& options);

}  // namespace fit::store
