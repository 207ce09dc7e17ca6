#pragma once

#include <cstdint>
#include <filesystem>
#include <stop_token>
#include <string>
#include <string_view>

#include "base/clock.h"
#include "base/progress.h"
#include "base/result.h"
#include "blobs/blob_store.h"
#include "store/backup.h"

namespace fit::catalog {

// The name under which the catalogue's metadata have the time of the last backup (RFC 3339).
inline constexpr std::string_view kLastBackup = "last_backup";

// Where a catalogue and its backup are.
struct BackupLocations {
  std::string database_url;
  blobs::BlobStore& images;      // those that the catalogue stores itself
  std::filesystem::path folder;  // of the backup
};

// How a backup is made or restored.
struct BackupOptions {
  int jobs = 2;            // parallel jobs of pg_dump and pg_restore; SQLite has none
  Progress progress = {};  // reported in the stages "database" and "images"
};

// The content of a backup.
struct BackupReport {
  Timestamp made_at;
  store::DumpInfo database;
  std::int64_t images = 0;
  std::int64_t image_bytes = 0;
};

// Copies a catalogue into a folder, which must be missing or empty, beside a running server:
//   manifest.json   what is in it; written last, so that a folder without one is no backup
//   database/       the database as it was at one moment, of which every item's images are in the backup
//   images/         the images that the catalogue stores itself, in the layout of blobs::LocalBlobs
// A backup leaves out what can be made again (thumbnails, indexes), models, and images that items name by
// path or URL. A failed one leaves the folder as it was. Errors of store::dump_database(); kConflict naming
// "folder", and while images are being pruned.
Result<BackupReport> back_up(const BackupLocations& place, const BackupOptions& options,
                             const std::stop_token& stop);

// What the manifest of a backup says. kNotFound when the folder holds no complete backup; kMalformed.
Result<BackupReport> describe_backup(const std::filesystem::path& folder);

// Restores a backup to a database and a storage folder without a catalogue. Every file is compared with its
// checksum, and the restored database with the manifest. Existing images stay. kNotFound when the folder
// holds no complete backup; kMalformed naming the damaged file; kCancelled; the errors of
// store::restore_database(). A failed restore leaves no catalogue, at most images, and can be run again.
// Blocks.
Result<BackupReport> restore_backup(const BackupLocations& place, const BackupOptions& options,
                                    const std::stop_token& stop);

}  // namespace fit::catalog
