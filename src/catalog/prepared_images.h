#pragma once

#include <optional>
#include <span>
#include <vector>

#include "base/result.h"
#include "catalog/image_loader.h"
#include "catalog/item_input.h"
#include "domain/records.h"

namespace fit::catalog {

class ItemWriter;

// The images of an item ready to be written, and the vectors of the first image, which may be stored already.
struct TakenImages {
  std::vector<domain::ImageWrite> records;
  std::vector<domain::SpaceVector> first_vectors;
};

// The images of one input that are loaded, decoded and embedded before the lock of the item is taken, so that
// no writer waits for a slow server. Movable; use it with one input only. Not thread-safe.
class PreparedImages {
 public:
  // Loads the images that are neither loaded nor known for `item`; nullopt: a new item. Blocks. Errors name
  // "images[2]". After an error the other images may be loaded, and the call can be repeated.
  Result<void> load(ItemWriter& writer, std::span<const ImageSource> images, std::optional<ItemId> item,
                    const FetchLimits& limits);

  // The images to be written over the current state of `item`. nullopt when an image must be loaded first,
  // because the item no longer has it. Fetches nothing.
  Result<std::optional<TakenImages>> take(ItemWriter& writer, std::span<const ImageSource> images,
                                          std::optional<ItemId> item) const;

 private:
  std::vector<std::optional<domain::ImageWrite>> loaded_;  // one for each image, with its vectors
};

}  // namespace fit::catalog
