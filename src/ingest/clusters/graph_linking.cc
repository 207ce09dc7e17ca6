#include "ingest/clusters/graph_linking.h"

#include <algorithm>
#include <numeric>
#include <set>
#include <tuple>
#include <unordered_map>
#include <utility>

#include "base/parallel.h"
#include "ingest/clusters/cluster_assigner.h"
#include "ingest/clusters/cluster_centre.h"

namespace fit::ingest {
namespace {

// What people have said, by places of images, and the copies among the images.
struct FixedPairs {
  std::vector<ImagePair> copies;    // of one photo
  std::vector<ImagePair> together;  // the copies too
  std::vector<ImagePair> merged;
  std::vector<ImagePair> apart;

  // All that must be in one part.
  std::vector<ImagePair> inseparable() const {
    std::vector<ImagePair> pairs = together;
    pairs.insert(pairs.end(), merged.begin(), merged.end());
    return pairs;
  }
};

FixedPairs fixed_pairs(const NeighbourGraph& graph, std::span<const ClusterRule> rules) {
  FixedPairs fixed;
  std::set<std::pair<std::uint32_t, std::uint32_t>> apart;
  for (const ClusterRule& rule : rules) {
    const auto one = place_of(graph.images, rule.one);
    const auto other = place_of(graph.images, rule.other);
    if (!one || !other) continue;
    switch (rule.relation) {
      case ClusterRule::Relation::kSame:
        fixed.together.push_back({*one, *other});
        break;
      case ClusterRule::Relation::kMerged:
        fixed.merged.push_back({*one, *other});
        break;
      case ClusterRule::Relation::kApart:
        fixed.apart.push_back({*one, *other});
        apart.emplace(std::min(*one, *other), std::max(*one, *other));
        break;
    }
  }
  for (const SimilarImages& pair : graph.pairs) {
    if (pair.similarity < static_cast<float>(kSamePhotoCosine)) break;  // they are in descending order
    if (apart.contains({pair.one, pair.other})) continue;
    if (!is_same_photo(graph.images[pair.one].perceptual_hash, graph.images[pair.other].perceptual_hash,
                       kSamePhotoCosine)) {
      continue;
    }
    fixed.copies.push_back({pair.one, pair.other});
  }
  fixed.together.insert(fixed.together.end(), fixed.copies.begin(), fixed.copies.end());
  return fixed;
}

// The first image that each image is joined to by pairs.
std::vector<std::uint32_t> joined_by(std::size_t images, std::span<const ImagePair> pairs) {
  std::vector<std::uint32_t> first(images);
  std::iota(first.begin(), first.end(), 0U);
  for (const auto& part : connected_parts(images, pairs, {}, images)) {
    for (const std::uint32_t image : part) first[image] = part.front();
  }
  return first;
}

// Pairs by the part of their images, cut where the images are of two parts.
template <class Pair>
class PairsOfParts {
 public:
  PairsOfParts(std::span<Pair> pairs, const std::vector<std::uint32_t>& parts) : parts_(parts) {
    const auto last =
        std::ranges::partition(pairs, [&](const Pair& pair) { return parts[pair.one] == parts[pair.other]; });
    pairs_ = pairs.first(static_cast<std::size_t>(last.begin() - pairs.begin()));
    std::ranges::sort(pairs_, {},
                      [&](const Pair& pair) { return std::tuple(parts[pair.one], pair.one, pair.other); });
  }

  std::span<const Pair> of(std::uint32_t part) const {
    const auto range =
        std::ranges::equal_range(pairs_, part, {}, [&](const Pair& pair) { return parts_[pair.one]; });
    return {range.begin(), range.end()};
  }

 private:
  const std::vector<std::uint32_t>& parts_;
  std::span<Pair> pairs_;
};

class GraphLinker {
 public:
  GraphLinker(NeighbourGraph& graph, FixedPairs& fixed, const search::VectorSearcher& searcher,
              const LinkOptions& options)
      : graph_(graph),
        searcher_(searcher),
        options_(options),
        parts_(connected_parts(graph.images.size(), fixed.inseparable(), graph.pairs, options.most_images)),
        part_of_(parts_by_image(graph.images.size(), parts_)),
        similar_(graph.pairs, part_of_),
        together_(fixed.together, part_of_),
        merged_(fixed.merged, part_of_),
        apart_(fixed.apart, part_of_) {
    linked_.photo = joined_by(graph.images.size(), fixed.copies);
    linked_.cluster.resize(graph.images.size());
    std::iota(linked_.cluster.begin(), linked_.cluster.end(), 0U);
    linked_.centre = linked_.cluster;
    linked_.similarity.assign(graph.images.size(), 1);
  }

  Result<LinkedImages> run(const Progress& progress, const std::stop_token& stop) {
    std::size_t images = 0;
    for (const auto& part : parts_) images += part.size();
    ProgressCounter counter(progress, images);
    const auto link_part = [&](std::size_t part) -> Result<void> {
      FIT_CHECK(link(static_cast<std::uint32_t>(part)));
      counter.add(parts_[part].size());
      return {};
    };
    FIT_CHECK(
        parallel_for(parts_.size(), {.threads = options_.threads, .grain = 4, .stop = stop}, link_part));
    return std::move(linked_);
  }

 private:
  static constexpr std::uint32_t kNoPart = ~std::uint32_t{0};

  static std::vector<std::uint32_t> parts_by_image(std::size_t images,
                                                   const std::vector<std::vector<std::uint32_t>>& parts) {
    std::vector<std::uint32_t> part_of(images, kNoPart);
    for (std::uint32_t i = 0; i < parts.size(); ++i) {
      for (const std::uint32_t image : parts[i]) part_of[image] = i;
    }
    return part_of;
  }

  // The vectors of a part's images, in their order; without values where there is none.
  Result<std::vector<domain::ImageVector>> vectors_of(const std::vector<std::uint32_t>& part) const {
    std::vector<ItemId> items;
    std::vector<domain::ImageVector> vectors;
    std::unordered_map<ImageId, std::size_t> places;
    for (const std::uint32_t image : part) {
      const GraphImage& one = graph_.images[image];
      items.push_back(one.item);
      places.emplace(one.id, vectors.size());
      vectors.push_back({.image = one.id, .item = one.item, .values = {}});
    }
    std::ranges::sort(items);
    const auto [first, last] = std::ranges::unique(items);
    items.erase(first, last);
    FIT_TRY(auto read, searcher_.vectors_of(items));
    for (domain::ImageVector& vector : read) {
      const auto place = places.find(vector.image);
      if (place != places.end()) vectors[place->second].values = std::move(vector.values);
    }
    return vectors;
  }

  // The pairs of a part by places within it.
  template <class Pair>
  static std::vector<Pair> within(std::span<const Pair> pairs, const std::vector<std::uint32_t>& part) {
    const auto local = [&part](std::uint32_t image) {
      return static_cast<std::uint32_t>(std::ranges::lower_bound(part, image) - part.begin());
    };
    std::vector<Pair> inner(pairs.begin(), pairs.end());
    for (Pair& pair : inner) {
      pair.one = local(pair.one);
      pair.other = local(pair.other);
    }
    return inner;
  }

  // Links one part. Parts write to different images, so that threads need no lock.
  Result<void> link(std::uint32_t number) {
    const std::vector<std::uint32_t>& part = parts_[number];
    FIT_TRY(const auto vectors, vectors_of(part));
    LinkInput input{.vectors = {},
                    .dimensions = static_cast<std::size_t>(searcher_.space().dimensions),
                    .pairs = within(similar_.of(number), part),
                    .together = within(together_.of(number), part),
                    .merged = within(merged_.of(number), part),
                    .apart = within(apart_.of(number), part),
                    .threshold = options_.threshold};
    input.vectors.reserve(part.size() * input.dimensions);
    for (const domain::ImageVector& vector : vectors) {
      if (vector.values.empty()) {
        input.vectors.resize(input.vectors.size() + input.dimensions);
      } else {
        input.vectors.insert(input.vectors.end(), vector.values.begin(), vector.values.end());
      }
    }
    const auto clusters = average_link(std::move(input));
    std::unordered_map<std::uint32_t, std::vector<domain::ImageVector>> members;
    for (std::size_t i = 0; i < part.size(); ++i) {
      linked_.cluster[part[i]] = part[clusters[i]];
      if (!vectors[i].values.empty()) members[part[clusters[i]]].push_back(vectors[i]);
    }
    for (const auto& [cluster, images] : members) {
      const auto centre = central_image(images);
      if (centre) linked_.centre[cluster] = place_of(graph_.images, *centre).value_or(cluster);
    }
    note_similarities(number);
    return {};
  }

  void note_similarities(std::uint32_t number) {
    std::unordered_map<std::uint32_t, float> best;
    for (const SimilarImages& pair : similar_.of(number)) {
      if (linked_.cluster[pair.one] != linked_.cluster[pair.other]) continue;
      for (const std::uint32_t image : {pair.one, pair.other}) {
        float& known = best.try_emplace(image, -1.0F).first->second;
        known = std::max(known, std::min(pair.similarity, 1.0F));
      }
    }
    for (const auto& [image, similarity] : best) linked_.similarity[image] = similarity;
  }

  NeighbourGraph& graph_;
  const search::VectorSearcher& searcher_;
  const LinkOptions& options_;
  const std::vector<std::vector<std::uint32_t>> parts_;
  const std::vector<std::uint32_t> part_of_;  // of each image; kNoPart without a neighbour
  const PairsOfParts<SimilarImages> similar_;
  const PairsOfParts<ImagePair> together_;
  const PairsOfParts<ImagePair> merged_;
  const PairsOfParts<ImagePair> apart_;
  LinkedImages linked_;
};

}  // namespace

Result<LinkedImages> link_graph(NeighbourGraph& graph, std::span<const ClusterRule> rules,
                                const search::VectorSearcher& searcher, const LinkOptions& options,
                                const Progress& progress, const std::stop_token& stop) {
  FixedPairs fixed = fixed_pairs(graph, rules);
  return GraphLinker(graph, fixed, searcher, options).run(progress, stop);
}

}  // namespace fit::ingest
