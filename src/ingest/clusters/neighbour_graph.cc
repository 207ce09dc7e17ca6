#include "ingest/clusters/neighbour_graph.h"

#include <algorithm>
#include <mutex>
#include <tuple>
#include <unordered_map>

#include "base/parallel.h"
#include "index/kernels/kernels.h"
#include "ingest/assets/asset_frames.h"
#include "ingest/assets/frame_ids.h"
#include "ingest/clusters/cluster_assigner.h"

namespace fit::ingest {
namespace {

constexpr std::size_t kImagesAtOnce = 5000;
constexpr std::size_t kNeighbours = 24;
constexpr std::size_t kGrain = 256;  // images whose vectors are read together

SimilarImages ordered_pair(std::uint32_t one, std::uint32_t other, float similarity) {
  return {.one = std::min(one, other), .other = std::max(one, other), .similarity = similarity};
}

// Adds the images of assets. Those of assets that are items have no vectors, and stay out of the graph.
Result<void> add_graph_frames(sql::Database& database, std::vector<GraphImage>& images,
                              const std::stop_token& stop) {
  for (std::int64_t after = 0;;) {
    if (stop.stop_requested()) return cancelled();
    FIT_TRY(const auto page, AssetFrames(database).hashes(after, kImagesAtOnce));
    if (page.empty()) return {};
    for (const FrameHash& frame : page) {
      images.push_back({.id = image_of_frame(frame.id),
                        .item = item_of_asset(frame.asset),
                        .perceptual_hash = frame.perceptual_hash});
    }
    after = page.back().id;
  }
}

// Collects what threads find.
class GraphBuilder {
 public:
  GraphBuilder(std::vector<GraphImage> images, const search::VectorSearcher& searcher, double threshold)
      : searcher_(searcher),
        threshold_(static_cast<float>(threshold)),
        dot_(index::best_kernels().dot),
        is_present_(images.size()) {
    graph_.images = std::move(images);
  }

  // Adds the pairs of the images begin..end. Thread-safe.
  Result<void> add(std::size_t begin, std::size_t end) {
    std::vector<ItemId> items;
    for (std::size_t i = begin; i < end; ++i) items.push_back(graph_.images[i].item);
    std::ranges::sort(items);
    const auto [first, last] = std::ranges::unique(items);
    items.erase(first, last);
    FIT_TRY(const auto vectors, searcher_.vectors_of(items));
    std::unordered_map<ItemId, std::vector<const domain::ImageVector*>> by_item;
    for (const domain::ImageVector& vector : vectors) by_item[vector.item].push_back(&vector);
    std::vector<SimilarImages> pairs;
    for (const domain::ImageVector& vector : vectors) {
      const auto place = place_of(graph_.images, vector.image);
      if (!place || *place < begin || *place >= end) continue;
      is_present_[*place] = 1;
      for (const domain::ImageVector* const other : by_item[vector.item])
        add_own(vector, *place, *other, pairs);
      FIT_TRY(const auto near, searcher_.candidates(vector.values, kNeighbours, all_items()));
      for (const domain::Neighbor& neighbour : near) {
        const auto other = place_of(graph_.images, neighbour.image);
        if (!other || neighbour.item == vector.item || neighbour.similarity < threshold_) continue;
        pairs.push_back(ordered_pair(*place, *other, neighbour.similarity));
      }
    }
    const std::lock_guard lock(mutex_);
    graph_.pairs.insert(graph_.pairs.end(), pairs.begin(), pairs.end());
    return {};
  }

  NeighbourGraph finish() {
    const auto by_images = [](const SimilarImages& pair) {
      return std::tuple(pair.one, pair.other, -pair.similarity);
    };
    std::ranges::sort(graph_.pairs, {}, by_images);
    const auto [first, last] = std::ranges::unique(
        graph_.pairs, {}, [](const SimilarImages& pair) { return std::pair(pair.one, pair.other); });
    graph_.pairs.erase(first, last);
    std::ranges::sort(graph_.pairs, {}, [](const SimilarImages& pair) {
      return std::tuple(-pair.similarity, pair.one, pair.other);
    });
    graph_.has_vector.assign(is_present_.begin(), is_present_.end());
    return std::move(graph_);
  }

 private:
  // Adds the pair of an image and a later one of its item.
  void add_own(const domain::ImageVector& vector, std::uint32_t place, const domain::ImageVector& other,
               std::vector<SimilarImages>& pairs) const {
    if (other.image <= vector.image) return;
    const auto found = place_of(graph_.images, other.image);
    const float cosine = dot_(vector.values.data(), other.values.data(), vector.values.size());
    if (found && cosine >= threshold_) pairs.push_back(ordered_pair(place, *found, cosine));
  }

  const search::VectorSearcher& searcher_;
  const float threshold_;
  float (*const dot_)(const float*, const float*, std::size_t);
  std::vector<std::uint8_t> is_present_;  // each image is written by one thread
  std::mutex mutex_;
  NeighbourGraph graph_;  // its pairs under the mutex
};

}  // namespace

Result<std::vector<GraphImage>> read_graph_images(store::Catalogue& store, const std::stop_token& stop) {
  std::vector<GraphImage> images;
  for (ImageId after;;) {
    if (stop.stop_requested()) return cancelled();
    FIT_TRY(const auto page, store.items().list_images(after, kImagesAtOnce));
    if (page.empty()) break;
    for (const domain::ImageRecord& image : page) {
      images.push_back({.id = image.id, .item = image.item, .perceptual_hash = image.perceptual_hash});
    }
    after = page.back().id;
  }
  FIT_CHECK(add_graph_frames(store.database(), images, stop));
  return images;
}

Result<NeighbourGraph> make_neighbour_graph(std::vector<GraphImage> images,
                                            const search::VectorSearcher& searcher, double threshold,
                                            std::size_t threads, const Progress& progress,
                                            const std::stop_token& stop) {
  const std::size_t count = images.size();
  GraphBuilder builder(std::move(images), searcher, threshold);
  ProgressCounter counter(progress, count);
  const auto add = [&](std::size_t begin, std::size_t end) -> Result<void> {
    FIT_CHECK(builder.add(begin, end));
    counter.add(end - begin);
    return {};
  };
  FIT_CHECK(parallel_ranges(count, {.threads = threads, .grain = kGrain, .stop = stop}, add));
  return builder.finish();
}

std::optional<std::uint32_t> place_of(std::span<const GraphImage> images, ImageId id) {
  const auto found = std::ranges::lower_bound(images, id, {}, &GraphImage::id);
  if (found == images.end() || found->id != id) return std::nullopt;
  return static_cast<std::uint32_t>(found - images.begin());
}

}  // namespace fit::ingest
