#pragma once

#include <atomic>
#include <chrono>
#include <filesystem>
#include <functional>

#include "base/result.h"
#include "store/catalogue.h"

namespace fit::catalog {

struct PruneOptions {
  std::chrono::hours grace{24};  // files that were put later than so long ago stay; at least an hour
  bool dry_run = false;          // only count
  bool force = false;            // although no item names any of the files
  // Told what is being done ("images", "files"), how much is done and of how much; may be empty.
  std::function<void(const std::string&, std::int64_t, std::int64_t)> progress = {};
};

struct PruneReport {
  struct Files {
    std::int64_t count = 0;
    std::int64_t bytes = 0;
  };
  Files originals;   // removed, or that would be
  Files thumbnails;  // the same
  Files unfinished;  // the same: what killed writers left
  Files young;       // named by no item, but within the grace
  Files named;       // by items
  bool stopped = false;
};

// Removes the image files of ImageStore that no item names any more, beside running servers and imports: a
// file that was put within the grace stays, as its item may be on its way. The catalogue must be the only one
// of the folder. 8 bytes of memory for each image of the catalogue. Setting `stop` ends it early. kConflict
// when no item names any file, which tells of a wrong database, and while a backup or another one is at work.
Result<PruneReport> prune_images(store::Catalogue& store, const std::filesystem::path& storage_path,
                                 const PruneOptions& options, const std::atomic<bool>& stop);

}  // namespace fit::catalog
