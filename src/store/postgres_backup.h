#pragma once

#include <filesystem>

#include "store/backup.h"

namespace fit::store {

// dump_database() and restore_database() by PostgreSQL's programs pg_dump and pg_restore, which must be of
// the server's version or newer. A restore needs a schema without tables. Errors name no field.
Result<DumpInfo> dump_postgres(const std::string& url, const std::filesystem::path& folder,
                               const DumpOptions& options, const std::stop_token& stop);
Result<void> restore_postgres(const std::string& url, const std::filesystem::path& folder,
                              const DumpInfo& info, const DumpOptions& options, const std::stop_token& stop);

}  // namespace fit::store
