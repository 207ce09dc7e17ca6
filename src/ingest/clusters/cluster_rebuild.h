#pragma once

#include <cstdint>
#include <stop_token>

#include "base/progress.h"
#include "base/result.h"
#include "search/vector_searcher.h"
#include "store/catalogue.h"

namespace fit::ingest {

// What a rebuild has done.
struct ClusterRebuildReport {
  std::int64_t images = 0;  // with a vector, those of assets too
  std::int64_t photos = 0;  // different photos among them
  std::int64_t clusters_before = 0;
  std::int64_t clusters = 0;
  std::int64_t kept = 0;    // clusters that have their ids from before
  std::int64_t placed = 0;  // images that were in no cluster
  std::int64_t moved = 0;   // images that were in another cluster
};

struct ClusterRebuildOptions {
  double threshold = 0;     // a cosine of the space
  std::size_t threads = 0;  // 0: one for each processor
};

// Makes the clusters of a catalogue and its assets anew, by average linkage (average_link()) on the graph of
// each image's nearest neighbours. What people have said of images holds. A cluster keeps its id and its
// labels where most of its images stay together: pairs of an old and a new cluster are matched by the number
// of images that they share. The labels of a cluster that disappears go to that which has most of its images.
//
// Nobody else changes the clusters meanwhile; they are read as they were until the new ones replace them as a
// whole. A stop, an error or a crash leaves the old ones. `searcher` must be complete. Memory: about 250
// bytes an image at 24 neighbours, the vectors of all images of assets, and those of parts of at most 20,000
// images. Groups of similar images that are larger are divided first, along their least similar pairs.
//
// `progress` has the stages "graph", "link" and "write". kCancelled after `stop`; kConflict while another
// rebuild is running; the errors of the store and the search. Blocks.
Result<ClusterRebuildReport> rebuild_clusters(store::Catalogue& store, const search::VectorSearcher& searcher,
                                              const ClusterRebuildOptions& options, const Progress& progress,
                                              const std::stop_token& stop);

}  // namespace fit::ingest
