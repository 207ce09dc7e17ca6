#pragma once

#include <vector>

#include "base/ids.h"

namespace fit::domain {

// One image's vector in one space. In a space of texts an item has one vector, and `image` holds the item's
// number.
struct ImageVector {
  ImageId image;
  ItemId item;                // the item that the image belongs to
  std::vector<float> values;  // the space's dimensions, L2 norm 1
};

// An item near a query vector, by its nearest image.
struct Neighbor {
  ItemId item;
  ImageId image;
  float similarity = 0;  // cosine, -1..1; 1 is best
};

}  // namespace fit::domain
