#pragma once

#include <cstdint>
#include <filesystem>
#include <stop_token>
#include <vector>

#include "base/progress.h"
#include "base/result.h"
#include "domain/records.h"
#include "media/image.h"

namespace fit::sample {

// A drawn garment with its true properties. A sample catalogue allows a first run without data, and tests
// that know the correct results.
struct SampleItem {
  // Source "sample" and external_id "<seed>-<index + 1>"; all properties that apply are set.
  domain::Listing listing;
  std::vector<media::Image> images;  // 1 to 3 of 360 x 480: the whole garment, another pose or a detail
};

// Draws an item. The same arguments give the same item, whichever other items are drawn. Thread-safe.
SampleItem draw_item(std::uint64_t seed, std::uint64_t index);

// The size of a sample catalogue.
struct WriteSampleOptions {
  std::uint64_t items = 2000;
  std::uint64_t seed = 1;
  std::size_t threads = 0;  // 0: the number of cores
};

// Writes `folder`/items.csv in the format of `fit import`, and the photos below `folder`/images/ (JPEG). The
// CSV is written last, so that a folder without one is incomplete; files of the same names are replaced.
// Blocks; `progress` is called by one thread at a time. kCancelled after `stop`; kStorageFull or kInternal
// when a file cannot be written.
Result<void> write_sample(const std::filesystem::path& folder, const WriteSampleOptions& options,
                          const Progress& progress = {}, const std::stop_token& stop = {});

}  // namespace fit::sample
