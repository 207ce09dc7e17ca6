#pragma once

#include <cstdint>
#include <span>
#include <stop_token>
#include <vector>

#include "base/progress.h"
#include "base/result.h"
#include "ingest/clusters/cluster_rows.h"
#include "ingest/clusters/neighbour_graph.h"
#include "search/vector_searcher.h"

namespace fit::ingest {

// The clusters of a graph's images, which are named by their places. One value for each image; an image
// without a vector is a cluster of its own, which nobody needs.
struct LinkedImages {
  std::vector<std::uint32_t> cluster;  // the first image of its cluster
  std::vector<std::uint32_t> photo;    // the first image that shows the same photo
  std::vector<std::uint32_t> centre;   // of the cluster that begins with the image: the nearest to the mean
  std::vector<float> similarity;       // of the nearest neighbour in its cluster; 1 without one
};

struct LinkOptions {
  double threshold = 0;
  std::size_t threads = 0;
  std::size_t most_images = 20'000;  // of a part that is linked as a whole
};

// Links the images of a graph: copies of a photo and what people have put together first, then by
// average_link(). The pairs of the graph get another order. `progress` counts images. kCancelled; the errors
// of the search.
Result<LinkedImages> link_graph(NeighbourGraph& graph, std::span<const ClusterRule> rules,
                                const search::VectorSearcher& searcher, const LinkOptions& options,
                                const Progress& progress, const std::stop_token& stop);

}  // namespace fit::ingest
