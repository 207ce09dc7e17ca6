#pragma once

#include <chrono>
#include <functional>
#include <stop_token>
#include <string_view>

#include "base/progress.h"
#include "base/result.h"
#include "catalog/image_files.h"
#include "store/catalogue.h"

namespace fit::catalog {

// Which files pruning removes.
struct PruneOptions {
  std::chrono::hours grace{24};  // younger files stay; at least an hour
  bool dry_run = false;          // counts the files and removes none
  bool force = false;            // prunes even when no item names any of the files
  // Calls its argument with the SHA-256 of each file that others than items name. Empty: there are none.
  std::function<Result<void>(const std::function<Result<void>(std::string_view sha256)>&)> named_elsewhere =
      {};
  Progress progress = {};  // reported in the stages "images" and "files"
};

// What pruning found and removed.
struct PruneReport {
  // A number of files and their size.
  struct Files {
    std::int64_t count = 0;
    std::int64_t bytes = 0;
  };
  // Removed files; in a dry run, files that would be removed.
  Files originals;
  Files thumbnails;
  Files unfinished;  // temporary files of writers that were killed
  // Files that stay.
  Files young;  // files without an item, within the grace
  Files named;  // files that items name
};

// Removes the image files that no item names. It may run beside servers and imports: a file that was put
// within the grace stays, because its item may not be stored yet. No other catalogue may use the files. Needs
// 8 bytes of memory for each image of the catalogue. Blocks. `report` is filled whatever is returned:
// kCancelled after `stop`; kConflict when no item names any file, which indicates a wrong database, and while
// a backup or another pruning runs; and the errors of the store and of the folder.
Result<void> prune_images(store::Catalogue& store, ImageFiles& files, const PruneOptions& options,
                          const std::stop_token& stop, PruneReport& report);

}  // namespace fit::catalog
