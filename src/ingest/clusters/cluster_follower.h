#pragma once

#include <functional>
#include <memory>
#include <span>
#include <stop_token>

#include "base/background_task.h"
#include "base/log.h"
#include "base/metrics.h"
#include "embed/embedder.h"
#include "ingest/clusters/cluster.h"
#include "search/vector_searcher.h"
#include "store/catalogue.h"

namespace fit::ingest {

// The search of the active space, which lives as long as `owner`.
struct SearchLease {
  std::shared_ptr<const void> owner = {};
  const search::VectorSearcher& searcher;
  const embed::Space& space;
};

// Puts the images of a catalogue into clusters in the order in which they changed, in the background of a
// server, and takes out those that are gone. The position that it has reached is stored with the clusters, so
// that several processes share the work: each step is written only if the clusters are as it has read them.
// An image waits until it has a vector in the active space and the index has it. Its parts must outlive it.
class ClusterFollower {
 public:
  struct Parts {
    store::Catalogue& store;
    std::function<SearchLease()> search;  // thread-safe
    Log log;
    Metrics& metrics;
  };
  // `clip_threshold` is CLUSTER_THRESHOLD, in CLIP's scale.
  ClusterFollower(Parts parts, double clip_threshold);
  ClusterFollower(const ClusterFollower&) = delete;
  ClusterFollower& operator=(const ClusterFollower&) = delete;

  // Starts a thread that takes steps until stop(). Call it once.
  void start();
  void stop() { task_.stop(); }
  // Looks for changes now instead of in a second. Thread-safe and quick.
  void notify() { task_.wake(); }

  // Takes one step, of at most 128 changes. Returns whether another one may follow at once. Not thread-safe;
  // blocks. The errors of the store and the search.
  Result<bool> step(const std::stop_token& stop = {});

  // Chooses the centres of clusters: of each, the image that is nearest to the mean of its first 256 images.
  // Thread-safe; blocks.
  Result<void> refresh_centres(std::span<const ClusterId> clusters);

 private:
  void run(const std::stop_token& stop);

  const Parts parts_;
  const double clip_threshold_;
  BackgroundTask task_;
};

}  // namespace fit::ingest
