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

// An item's images as they are written, and the vectors of the first, which may be stored already.
struct TakenImages {
  std::vector<domain::ImageWrite> records;
  std::vector<domain::SpaceVector> first_vectors;
};

// The images of one input on their way into the catalogue: those that the item does not have yet are loaded,
// decoded and embedded before the item is locked, so that nobody waits behind a slow server. A value for one
// thread at a time; move it along with its input.
class PreparedImages {
 public:
  // Loads each of the images that is neither loaded already nor known of `item` (nothing: a new item). Blocks.
  // Errors name "images[2]".
  Result<void> load(ItemWriter& writer, std::span<const ImageSource> images, std::optional<ItemId> item,
                    const FetchLimits& limits);

  // The images as they are written over the present state of `item`. Nothing when one of them must be loaded
  // first, because the item does not have it any more. Does not wait for the network.
  Result<std::optional<TakenImages>> take(ItemWriter& writer, std::span<const ImageSource> images,
                                          std::optional<ItemId> item) const;

 private:
  std::vector<std::optional<domain::ImageWrite>> loaded_;  // by image; with their vectors
};

}  // namespace fit::catalog
