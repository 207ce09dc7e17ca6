#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "base/result.h"
#include "ingest/clusters/cluster.h"
#include "sql/database.h"

namespace fit::ingest {

// An image that takes the place of another one: that of the item which was made of an asset.
struct ReplacedImage {
  ImageId before;
  ImageId after;
};

// A step in which the clusters follow the catalogue and its assets.
struct ClusterBatch {
  std::int64_t version = 0;  // of the clusters that it was made from
  std::int64_t generation = 0;
  std::vector<ClusterMember> added = {};  // as ClusterAssigner::placed()
  std::vector<ClusterMember> gone = {};   // members whose image does not exist any more
  std::int64_t position = 0;              // of the catalogue afterwards
  std::int64_t assets = 0;                // of the changes of assets afterwards
  // Images among those that are gone, and who has what people have said of them.
  std::vector<ReplacedImage> replaced = {};
};

// Writes a step in one transaction. Returns the clusters whose centres should be chosen again, or nothing if
// the clusters have changed meanwhile: nothing is written then. Blocks; the errors of the database.
Result<std::optional<std::vector<ClusterId>>> write_cluster_batch(sql::Database& database,
                                                                  const ClusterBatch& batch);

}  // namespace fit::ingest
