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
#include "ingest/clusters/frame_index.h"
#include "search/vector_searcher.h"
#include "store/catalogue.h"

namespace fit::ingest {

// The search of the active space, which lives as long as `owner`.
struct SearchLease {
  std::shared_ptr<const void> owner = {};
  const search::VectorSearcher& searcher;
  const embed::Space& space;
};

// Puts the images of a catalogue and of its assets into clusters in the order in which they changed, in the
// background of a server, and takes out those that are gone. Assets come before items. The positions that it
// has reached are stored with the clusters, so that several processes share the work: each step is written
// only if the clusters are as it has read them. An image waits until it has a vector in the active space and
// the index has it. Where an item was made of an asset, its images take the places of those of the asset. Its
// parts must outlive it.
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

  // Takes one step, of at most 128 changes of assets or of the catalogue. Returns whether another one may
  // follow at once. Not thread-safe; blocks. The errors of the store and the search.
  Result<bool> step(const std::stop_token& stop = {});

  // Chooses the centres of clusters: of each, the image that is nearest to the mean of its first 256 images.
  // Thread-safe; blocks.
  Result<void> refresh_centres(std::span<const ClusterId> clusters);

 private:
  void run(const std::stop_token& stop);
  // The index of the active space, which has all changes of assets until now.
  Result<const FrameIndex*> frames(const domain::SpaceRecord& space, const std::stop_token& stop);

  const Parts parts_;
  const double clip_threshold_;
  Counter& clustered_;
  std::unique_ptr<FrameIndex> frames_;  // of the space that was active at the last step
  BackgroundTask task_;
};

}  // namespace fit::ingest
