#pragma once

#include <cstdint>
#include <functional>
#include <stop_token>
#include <vector>

#include "base/progress.h"
#include "base/result.h"
#include "ingest/clusters/cluster.h"
#include "ingest/clusters/cluster_rebuild.h"
#include "ingest/clusters/graph_linking.h"
#include "ingest/clusters/rebuild_lease.h"

namespace fit::ingest {

// The clusters that a rebuild writes, beside those that are read.
class ClusterGeneration {
 public:
  // Matches linked images with the clusters of the lease's generation: reads these, gives each new cluster
  // its id, and fills the report. The errors of the database.
  static Result<ClusterGeneration> match(sql::Database& database, const RebuildLease& lease,
                                         const NeighbourGraph& graph, const LinkedImages& linked,
                                         ClusterRebuildReport& report);

  // Writes the rows in small transactions. kCancelled; the errors of the database.
  Result<void> write(const Progress& progress, const std::stop_token& stop);
  // Replaces the clusters that are read, as a whole, and gives the lease back. The positions are those of the
  // catalogue and of the changes of assets which they have reached. kConflict when the lease is lost.
  Result<void> publish(RebuildLease& lease, std::int64_t position, std::int64_t assets);

 private:
  // An old cluster and the new one that has most of its images.
  struct Successor {
    ClusterId before;
    ClusterId after;
  };

  ClusterGeneration(sql::Database& database, std::int64_t generation)
      : database_(database), generation_(generation) {}

  sql::Database& database_;
  const std::int64_t generation_;
  std::vector<ClusterMember> members_;
  std::vector<Cluster> clusters_;
  std::vector<Successor> gone_;  // the clusters that disappear
};

// Removes the rows of the generations before that which is read, in small transactions. kCancelled; the
// errors of the database.
Result<void> remove_old_generations(sql::Database& database, const std::stop_token& stop);
// The same for all generations except that which is read. Only for who has the lease: another rebuild may be
// writing its generation otherwise.
Result<void> remove_unread_generations(sql::Database& database, const std::stop_token& stop);

}  // namespace fit::ingest
