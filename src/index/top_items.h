#pragma once

#include <limits>
#include <vector>

#include "domain/vectors.h"
#include "index/vector_index.h"

namespace fit::index {

// Collects the best `limit` items among the images added, each by its best image. It holds about twice
// `limit` images. Equal similarities are ordered by smaller item id, and an item's equal images by smaller
// image id. Not thread-safe.
class TopItems {
 public:
  // Images below `min_similarity` are ignored.
  TopItems(std::size_t limit, float min_similarity);

  // Whether an image of this similarity could still change the result.
  bool wants(float similarity) const { return similarity >= threshold_; }

  void add(ItemId item, ImageId image, float similarity) {
    if (!wants(similarity)) return;
    found_.push_back({item, image, similarity});
    if (found_.size() >= room_) shrink();
  }

  // Best first. Leaves the object empty.
  std::vector<domain::Neighbor> take();

 private:
  void shrink();  // keeps one image an item and the best `limit` items, in no order

  std::size_t limit_;
  std::size_t room_;
  float threshold_;
  std::vector<domain::Neighbor> found_;
};

}  // namespace fit::index
