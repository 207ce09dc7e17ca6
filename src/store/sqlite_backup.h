#pragma once

#include <filesystem>

#include "store/backup.h"

namespace fit::store {

// dump_database() and restore_database() for a SQLite file; errors name no field.
Result<DumpInfo> dump_sqlite(const std::filesystem::path& database, const std::filesystem::path& folder,
                             const DumpOptions& options, const std::stop_token& stop);
Result<void> restore_sqlite(const std::filesystem::path& database, const std::filesystem::path& folder,
                            const DumpInfo& info, const std::stop_token& stop);

// Copies the database as it is at one moment into the new file `to`, flushed to the disk; its writers are not
// blocked. Returns the version of its schema. A failure may leave a part of the copy. kStorageFull.
Result<std::int64_t> copy_sqlite(const std::filesystem::path& database, const std::filesystem::path& to,
                                 const std::stop_token& stop);

}  // namespace fit::store
