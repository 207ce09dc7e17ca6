#pragma once

#include <memory>
#include <string>

#include "store/store.h"

namespace fit::store {

// open_store() for a PostgreSQL URL; errors name no setting.
Result<std::unique_ptr<Store>> open_postgres_store(const std::string& url, const OpenOptions& options);

}  // namespace fit::store
