#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include "base/result.h"
#include "ingest/clusters/cluster.h"
#include "ingest/clusters/cluster_rows.h"
#include "ingest/labels/label.h"
#include "sql/database.h"

namespace fit::ingest {

// Which clusters are listed, and in which order.
struct ClusterQuery {
  enum class Order : std::uint8_t {
    kSize,    // the largest first, then the latest
    kNewest,  // the latest first
    kLabel,   // by label; clusters without one are left out
  };
  Order order = Order::kSize;
  std::int64_t min_size = 1;
  bool has_copies = false;            // only clusters with two images of one photo
  std::optional<Cluster> after = {};  // only clusters that follow it: its id, and its size or label, are read
  std::size_t limit = 24;
};

// The clusters of a catalogue's images, and what people change about them. The changes stay through rebuilds:
// each is stored as rules about pairs of images, of which the latest counts. Thread-safe; calls block.
// Changes are kConflict while a rebuild is running. Other errors besides those named: as for sql::Database.
// Borrows the database; copies are cheap.
//
// After a change that moves images, the centres of the clusters are members, but perhaps not the best ones:
// ClusterService::refresh() finds these.
class Clusters {
 public:
  explicit Clusters(sql::Database& database) : database_(&database) {}

  Result<std::vector<Cluster>> list(const ClusterQuery& query);
  // kNotFound.
  Result<Cluster> get(ClusterId id);
  // At most `limit` members by ascending image id, from the first above `after`; none for an unknown cluster.
  Result<std::vector<ClusterMember>> members(ClusterId id, ImageId after, std::size_t limit);
  // The members among these images, in no particular order.
  Result<std::vector<ClusterMember>> find(std::span<const ImageId> images);

  // Names a cluster, or removes its name if `label` is nullopt. The label is one of person_label(), of
  // kTitleField. kNotFound.
  Result<Cluster> set_label(ClusterId id, const std::optional<Label>& label, std::string_view by);

  // Merges clusters into the first, which keeps its name, or gets that of another one. kInvalid naming
  // "cluster_ids" unless they are at least two different ones; kNotFound.
  Result<Cluster> merge(std::span<const ClusterId> clusters, std::string_view by);

  // Makes a new cluster of some members. kNotFound; kInvalid naming "image_ids" when an image is no member,
  // or none would stay. Returns the new cluster and the rest.
  Result<std::pair<Cluster, Cluster>> split(ClusterId id, std::span<const ImageId> images,
                                            std::string_view by);

  // Moves an image, with the copies of it that are in its cluster, into another cluster. kNotFound naming
  // neither for an image without a cluster. A cluster that is left without members is removed. Returns the
  // cluster that the image came to.
  Result<Cluster> move(ImageId image, ClusterId to, std::string_view by);

  // Remembers that two images do not show the same garment. If they are in one cluster, `image` leaves it for
  // a new one, with its copies. kInvalid naming "other_image_id" when they are one; kNotFound. Returns the
  // clusters of both.
  Result<std::pair<Cluster, Cluster>> separate(ImageId image, ImageId other, std::string_view by);

 private:
  sql::Database* database_;
};

}  // namespace fit::ingest
