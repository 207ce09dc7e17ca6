#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "base/clock.h"
#include "base/ids.h"
#include "ingest/labels/label.h"

namespace fit::ingest {

using ClusterId = Id<struct ClusterTag>;

// Images that show the same garment, as far as a model and people can tell.
struct Cluster {
  ClusterId id;
  std::int64_t size = 0;    // images, at least 1
  std::int64_t photos = 0;  // different photos among them: copies of one count once
  ImageId centre;           // the member that stands for the cluster
  Timestamp created_at = {};
  Timestamp updated_at = {};
  std::string label = {};  // its name; empty: it has none
  std::optional<LabelOrigin> label_origin = {};
};

// An image of a cluster: of an item of the catalogue, or of an asset that is no item, which has the ids of
// ingest/assets/frame_ids.h.
struct ClusterMember {
  ImageId image;
  ItemId item;  // or asset: of the image
  ClusterId cluster;
  ImageId photo;         // equal for copies of one photo: one of their ids, perhaps of a removed image
  float similarity = 0;  // cosine to the image that it joined; 1 for the first of a cluster
};

// The least cosine between copies of one photo. Their perceptual hashes are near each other, too.
inline constexpr double kSamePhotoCosine = 0.985;

}  // namespace fit::ingest
