#pragma once

#include <span>

#include "ingest/clusters/cluster_follower.h"
#include "ingest/clusters/clusters.h"

namespace fit::ingest {

// The clusters of one catalogue and what keeps them. Thread-safe, except start() and stop(), which are for
// the owner. Its parts must outlive it.
class ClusterService {
 public:
  // Whether start() follows the catalogue, and the threshold in CLIP's scale.
  struct Options {
    bool follows = true;
    double clip_threshold = 0;
  };
  ClusterService(const ClusterFollower::Parts& parts, const Options& options)
      : database_(parts.store.database()),
        follows_(options.follows),
        follower_(parts, options.clip_threshold) {}

  void start() {
    if (follows_) follower_.start();
  }
  void stop() { follower_.stop(); }
  // The catalogue has changed. Quick.
  void notify() { follower_.notify(); }

  Clusters clusters() { return Clusters(database_); }
  // Chooses the centres of clusters that were changed; as ClusterFollower::refresh_centres().
  Result<void> refresh(std::span<const ClusterId> changed) { return follower_.refresh_centres(changed); }

 private:
  sql::Database& database_;
  const bool follows_;
  ClusterFollower follower_;
};

}  // namespace fit::ingest
