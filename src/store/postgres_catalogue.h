#pragma once

#include <memory>
#include <string>

#include "store/catalogue.h"

namespace fit::store {

// open_catalogue() for a PostgreSQL URL; errors name no setting, except DATABASE_READ_URL.
Result<std::unique_ptr<Catalogue>> open_postgres_catalogue(const std::string& url,
                                                           const OpenOptions& options);

}  // namespace fit::store
