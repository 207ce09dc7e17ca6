#pragma once

#include <atomic>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <string>

#include "base/clock.h"
#include "base/result.h"
#include "store/backup.h"

namespace fit::catalog {

struct BackupPlace {
  std::string database_url;
  std::filesystem::path storage_path;
  std::filesystem::path folder;  // of the backup
};

struct BackupOptions {
  int jobs = 2;  // parallel jobs of the database, where it has them
  // Told what is being done ("database", "images"), how much is done and of how much; may be empty.
  std::function<void(const std::string&, std::int64_t, std::int64_t)> progress;
};

struct BackupReport {
  Timestamp made_at;
  store::DumpInfo database;
  std::int64_t images = 0;
  std::int64_t image_bytes = 0;
};

// Copies a catalogue into a folder, which must be missing or empty, beside a running server:
//   manifest.json   what is in it; written last, so that a folder without one is no backup
//   database/       the database as it was at one moment, of which every item's images are in the backup
//   images/         the images that the catalogue keeps itself
// Not in it: what is made again (thumbnails, indexes), models, and images that items only name by path or
// URL. A failed one leaves the folder as it was. Errors of store::dump_database(); kConflict naming "folder",
// and while images are being pruned.
Result<BackupReport> back_up(const BackupPlace& place, const BackupOptions& options,
                             const std::atomic<bool>& stop);

// Brings a backup back to where there is no catalogue. Every file is compared with its checksum, and what the
// database holds then with the manifest. Images that are there already stay. kNotFound when the folder
// holds no (complete) backup; kMalformed naming the damaged file; errors of store::restore_database(). A
// failed restore leaves no catalogue behind, at most images, and can be run again.
Result<BackupReport> restore_backup(const BackupPlace& place, const BackupOptions& options,
                                    const std::atomic<bool>& stop);

}  // namespace fit::catalog
