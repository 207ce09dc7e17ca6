#pragma once

#include <stop_token>
#include <string>
#include <vector>

#include "base/ids.h"
#include "base/progress.h"
#include "base/result.h"
#include "catalog/image_files.h"
#include "store/catalogue.h"

namespace fit::catalog {

// An image of the catalogue whose stored file is missing or damaged.
struct DamagedImage {
  ImageId image;
  ItemId item;
  std::string file;      // its name below STORAGE_PATH/images
  bool is_lost = false;  // missing; false: its content has changed
};

// The result of check_images().
struct ImageCheckReport {
  std::int64_t checked = 0;
  std::vector<DamagedImage> damaged;
};

// Compares the file of every stored image with its SHA-256. `progress` gets the number of finished images and
// of all, including images stored elsewhere. `report` is filled whatever is returned: kCancelled after
// `stop`, or the errors of the store and of the folder. Blocks; reads every file.
Result<void> check_images(store::Catalogue& store, const ImageFiles& files, const Progress& progress,
                          const std::stop_token& stop, ImageCheckReport& report);

}  // namespace fit::catalog
