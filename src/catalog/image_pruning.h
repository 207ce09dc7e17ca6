#pragma once

#include <chrono>
#include <stop_token>

#include "base/progress.h"
#include "base/result.h"
#include "catalog/image_files.h"
#include "store/catalogue.h"

namespace fit::catalog {

struct PruneOptions {
  std::chrono::hours grace{24};  // younger files stay; at least an hour
  bool dry_run = false;          // only count
  bool force = false;            // although no item names any of the files
  Progress progress = {};        // in the stages "images" and "files"
};

// What pruning found and removed.
struct PruneReport {
  struct Files {
    std::int64_t count = 0;
    std::int64_t bytes = 0;
  };
  // Removed files; in a dry run, files that would be removed.
  Files originals;
  Files thumbnails;
  Files unfinished;  // left by writers that were killed
  // Files that stay.
  Files young;  // named by no item, but within the grace
  Files named;  // by items
};

// Removes the image files that no item names any more, beside running servers and imports: a
// file that was put within the grace stays, because its item may not be stored yet. The catalogue must be the
// only one of these files. 8 bytes of memory for each image of the catalogue. `report` is filled whatever is
// returned: kCancelled after `stop`; kConflict when no item names any file, which tells of a wrong database,
// and while a backup or another pruning runs; and the errors of the store and of the folder.
Result<void> prune_images(store::Catalogue& store, ImageFiles& files, const PruneOptions& options,
                          const std::stop_token& stop, PruneReport& report);

}  // namespace fit::catalog
