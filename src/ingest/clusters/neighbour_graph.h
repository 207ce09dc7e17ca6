#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <stop_token>
#include <vector>

#include "base/ids.h"
#include "base/progress.h"
#include "base/result.h"
#include "ingest/clusters/average_link.h"
#include "search/vector_searcher.h"
#include "store/catalogue.h"

namespace fit::ingest {

// An image with what a rebuild needs of it.
struct GraphImage {
  ImageId id;
  ItemId item;
  std::uint64_t perceptual_hash = 0;
};

// All images of a catalogue and of its assets, by ascending id. kCancelled; the errors of the store.
Result<std::vector<GraphImage>> read_graph_images(store::Catalogue& store, const std::stop_token& stop);

// Images with their neighbours. Images are named by their places in `images`.
struct NeighbourGraph {
  std::vector<GraphImage> images;
  std::vector<bool> has_vector;
  std::vector<SimilarImages> pairs;  // each once, by descending similarity, then by the images
};

// Finds the neighbours of each image: the best images of the 24 nearest items, and the images of its own
// item, of at least `threshold`. `progress` counts images. kCancelled; the errors of the search.
Result<NeighbourGraph> make_neighbour_graph(std::vector<GraphImage> images,
                                            const search::VectorSearcher& searcher, double threshold,
                                            std::size_t threads, const Progress& progress,
                                            const std::stop_token& stop);

// The place of an image in a list by ascending id.
std::optional<std::uint32_t> place_of(std::span<const GraphImage> images, ImageId id);

}  // namespace fit::ingest
