#pragma once

#include <functional>
#include <span>
#include <unordered_map>
#include <vector>

#include "domain/records.h"
#include "domain/vectors.h"
#include "ingest/clusters/cluster.h"
#include "search/vector_searcher.h"

namespace fit::ingest {

// Every item, whatever its status, for searches.
const search::Selection& all_items();

// Whether two images show the same photo, encoded again or resized (search/same_image.h), but with a cosine
// of at least kSamePhotoCosine.
bool is_same_photo(std::uint64_t one_hash, std::uint64_t other_hash, double cosine);

// Decides for new images, one after the other, which cluster they belong to: that of the nearest image which
// is in a cluster, if its cosine is at least the threshold, otherwise a new one. A copy of a photo always
// joins it. The nearest images are those of the nearest 16 items; where none of them is in a cluster yet,
// those of up to 256. Equal cosines are taken by the smaller image id, so that the result depends on the
// order of the calls alone, as far as the index finds the nearest. Writes nothing. Not thread-safe; calls
// block.
class ClusterAssigner {
 public:
  struct Parts {
    const search::VectorSearcher& searcher;
    // The members among images, as stored. Items are those of the members, and have the images with their
    // perceptual hashes.
    std::function<Result<std::vector<ClusterMember>>(std::span<const ImageId>)> members;
    std::function<Result<std::vector<domain::ItemRecord>>(std::span<const ItemId>)> items;
  };
  ClusterAssigner(Parts parts, double threshold) : parts_(std::move(parts)), threshold_(threshold) {}

  // Places an image, which is in no cluster. `own` has the vectors of its item's images, its own among them.
  // Errors are those of the parts.
  Result<void> place(const domain::ImageRecord& image, std::span<const domain::ImageVector> own);

  // Gives an image, which is in no cluster, its place in one that exists.
  void add(const ClusterMember& member);

  // The images that were placed or added, in order. A cluster that does not exist yet has a negative number.
  const std::vector<ClusterMember>& placed() const { return placed_; }

 private:
  // An image of a cluster and its cosine to the image that is placed.
  struct Near {
    ClusterMember member;
    double cosine = 0;
  };
  Result<std::vector<Near>> near_members(const domain::ImageVector& vector,
                                         std::span<const domain::ImageVector> own) const;
  Result<std::vector<Near>> known_members(std::vector<std::pair<ImageId, double>> near) const;
  Result<const Near*> same_photo(const domain::ImageRecord& image, std::span<const Near> near) const;

  const Parts parts_;
  const double threshold_;
  std::vector<ClusterMember> placed_;
  std::unordered_map<ImageId, std::size_t> places_;  // in placed_
  std::int64_t last_new_ = 0;
};

}  // namespace fit::ingest
