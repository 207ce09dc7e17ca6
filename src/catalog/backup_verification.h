#pragma once

#include <filesystem>
#include <functional>
#include <stop_token>
#include <string>

#include "base/result.h"
#include "catalog/backup.h"

namespace fit::catalog {

// Where a backup is restored in order to verify it.
struct VerificationPlace {
  std::filesystem::path backup;   // the folder of the backup, or of a series of backups: then its latest
  std::filesystem::path scratch;  // an existing folder with space for the catalogue and its images
  std::string database_url;       // an empty PostgreSQL database, for a backup of PostgreSQL; otherwise empty
};

// A backup wherever it lies.
struct RestorableBackup {
  std::filesystem::path name;  // its folder, or its URL
  BackupReport described;      // what its manifest says
  // Restores it; errors of restore_backup().
  std::function<Result<BackupReport>(const std::string& database_url, blobs::BlobStore& images)> restore;
};

// What a verified backup holds.
struct VerificationReport {
  std::filesystem::path folder;  // of the backup, or its URL
  BackupReport backup;
  std::int64_t checked_images = 0;  // images of items whose stored file was compared with its checksum
};

// Restores a backup into a new folder below `place.scratch`, as restore_backup() does with all of its checks,
// checks every table and index of the restored database, opens it as a server does, and compares the images
// that its items name with their checksums. The new folder is removed at the end; a PostgreSQL database keeps
// the restored tables. kNotFound when there is no backup; kInvalid naming "--database" where one is needed,
// or none; kMalformed and kDamaged naming what is damaged; kCancelled; the errors of restore_backup().
// Blocks.
Result<VerificationReport> verify_backup(const VerificationPlace& place, const BackupOptions& options,
                                         const std::stop_token& stop);

// Verifies a backup that its caller can restore as verify_backup() above does; `place.backup` is not used.
Result<VerificationReport> verify_backup(const RestorableBackup& backup, const VerificationPlace& place,
                                         const BackupOptions& options, const std::stop_token& stop);

}  // namespace fit::catalog
