#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <vector>

#include "base/result.h"
#include "domain/records.h"
#include "media/image.h"

namespace fit::sample {

// A drawn garment with its true properties, so that a first run needs no data and tests know the right
// answers.
struct SampleItem {
  domain::Listing
      listing;  // source "sample", external_id "<seed>-<index + 1>"; all properties set that apply
  std::vector<media::Image> images;  // 1 to 3, 360 x 480: the whole garment, then another pose or a detail
};

// The item of that number: the same for the same numbers, whichever other items are drawn. Thread-safe.
SampleItem draw_item(std::uint64_t seed, std::uint64_t index);

struct WriteSampleOptions {
  std::uint64_t items = 2000;
  std::uint64_t seed = 1;
  std::size_t threads = 0;  // 0: the number of cores
};

// Writes `folder`/items.csv, as `fit import` reads it, and the photos below `folder`/images/ (JPEG). The CSV
// is written last, so a folder without one is unfinished; files of the same names are replaced. `progress`
// (may be empty) is called by one thread at a time; returning false stops with kCancelled. kStorageFull and
// others when a file cannot be written.
Result<void> write_sample(const std::filesystem::path& folder, const WriteSampleOptions& options,
                          const std::function<bool(std::uint64_t done, std::uint64_t total)>& progress);

}  // namespace fit::sample
