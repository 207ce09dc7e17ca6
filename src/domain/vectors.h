#pragma once

#include <vector>

#include "base/ids.h"

namespace fit::domain {

// The vector of an image in a space. In a space of texts it is the item's vector, and `image` holds the
// item's number.
struct ImageVector {
  ImageId image;
  ItemId item;                // the item that the image belongs to
  std::vector<float> values;  // the space's dimensions, L2 norm 1
};

// An item with its image that is nearest to a query vector.
struct Neighbor {
  ItemId item;
  ImageId image;
  float similarity = 0;  // cosine, -1..1; 1 is best
};

}  // namespace fit::domain
