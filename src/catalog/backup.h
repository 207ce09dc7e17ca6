#pragma once

#include <cstdint>
#include <filesystem>
#include <stop_token>
#include <string>

#include "base/clock.h"
#include "base/progress.h"
#include "base/result.h"
#include "blobs/blob_store.h"
#include "store/backup.h"

namespace fit::catalog {

// Where a catalogue and its backup are.
struct BackupPlace {
  std::string database_url;
  blobs::BlobStore& images;      // those that the catalogue stores itself
  std::filesystem::path folder;  // of the backup
};

struct BackupOptions {
  int jobs = 2;            // parallel jobs of the database, where it has them
  Progress progress = {};  // in the stages "database" and "images"
};

// What a backup holds.
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
Result<BackupReport> back_up(const BackupPlace& place, const BackupOptions& options,
                             const std::stop_token& stop);

// Restores a backup to a place without a catalogue. Every file is compared with its checksum, and the
// restored database with the manifest. Images that are there already stay. kNotFound when the folder holds no
// (complete) backup; kMalformed naming the damaged file; errors of store::restore_database(). A failed
// restore leaves no catalogue behind, at most images, and can be run again.
Result<BackupReport> restore_backup(const BackupPlace& place, const BackupOptions& options,
                                    const std::stop_token& stop);

}  // namespace fit::catalog
