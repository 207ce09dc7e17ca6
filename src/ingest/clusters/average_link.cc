#include "ingest/clusters/average_link.h"

#include <algorithm>
#include <numeric>
#include <queue>
#include <unordered_map>
#include <utility>

#include "index/kernels/kernels.h"

namespace fit::ingest {
namespace {

// Disjoint sets, each named by its smallest member.
class DisjointSets {
 public:
  explicit DisjointSets(std::size_t count) : parents_(count), sizes_(count, 1) {
    std::iota(parents_.begin(), parents_.end(), 0U);
  }

  std::uint32_t find(std::uint32_t one) {
    while (parents_[one] != one) one = parents_[one] = parents_[parents_[one]];
    return one;
  }
  std::size_t size(std::uint32_t root) const { return sizes_[root]; }

  // Joins two sets by their names, and returns the name of the result.
  std::uint32_t join(std::uint32_t one, std::uint32_t other) {
    const auto [first, second] = std::minmax(one, other);
    parents_[second] = first;
    sizes_[first] += sizes_[second];
    return first;
  }

 private:
  std::vector<std::uint32_t> parents_;
  std::vector<std::size_t> sizes_;
};

class AverageLinker {
 public:
  explicit AverageLinker(LinkInput input)
      : input_(std::move(input)),
        count_(input_.vectors.size() / input_.dimensions),
        sets_(count_),
        near_(count_),
        apart_(count_),
        dot_(index::best_kernels().dot) {}

  std::vector<std::uint32_t> run() {
    for (const ImagePair& pair : input_.apart) {
      apart_[pair.one].push_back(pair.other);
      apart_[pair.other].push_back(pair.one);
    }
    // Before there are means to keep, so that many copies of one photo cost no more than their number.
    merge_pairs(input_.together);
    for (const SimilarImages& pair : input_.pairs) {
      const std::uint32_t one = sets_.find(pair.one);
      const std::uint32_t other = sets_.find(pair.other);
      if (one != other && !near_[one].contains(other)) set_mean(one, other, mean(one, other));
    }
    while (!merges_.empty()) {
      const Merge next = merges_.top();
      merges_.pop();
      const auto current = near_[next.one].find(next.other);
      if (current == near_[next.one].end() || current->second != next.mean) continue;  // it is out of date
      if (are_apart(next.one, next.other)) {
        forget(next.one, next.other);
      } else {
        merge(next.one, next.other);
      }
    }
    merge_pairs(input_.merged);
    std::vector<std::uint32_t> clusters(count_);
    for (std::uint32_t i = 0; i < count_; ++i) clusters[i] = sets_.find(i);
    return clusters;
  }

 private:
  // Two clusters, named by their smallest images, with the mean cosine over their pairs.
  struct Merge {
    float mean = 0;
    std::uint32_t one = 0;
    std::uint32_t other = 0;

    // Whether it comes after another.
    bool operator<(const Merge& next) const {
      if (mean != next.mean) return mean < next.mean;
      return std::pair(one, other) > std::pair(next.one, next.other);
    }
  };

  void merge_pairs(std::span<const ImagePair> pairs) {
    for (const ImagePair& pair : pairs) {
      const std::uint32_t one = sets_.find(pair.one);
      const std::uint32_t other = sets_.find(pair.other);
      if (one != other && !are_apart(one, other)) merge(one, other);
    }
  }

  float* sum(std::uint32_t cluster) { return &input_.vectors[cluster * input_.dimensions]; }

  float mean(std::uint32_t one, std::uint32_t other) {
    return dot_(sum(one), sum(other), input_.dimensions) /
           static_cast<float>(sets_.size(one) * sets_.size(other));
  }

  void set_mean(std::uint32_t one, std::uint32_t other, float mean) {
    near_[one][other] = near_[other][one] = mean;
    if (mean < static_cast<float>(input_.threshold)) return;
    merges_.push({.mean = mean, .one = std::min(one, other), .other = std::max(one, other)});
  }

  void forget(std::uint32_t one, std::uint32_t other) {
    near_[one].erase(other);
    near_[other].erase(one);
  }

  bool are_apart(std::uint32_t one, std::uint32_t other) {
    if (apart_[one].size() > apart_[other].size()) std::swap(one, other);
    return std::ranges::any_of(apart_[one], [&](std::uint32_t image) { return sets_.find(image) == other; });
  }

  // The mean of a cluster and a neighbour of its or of the cluster that it merges with.
  float known_mean(std::uint32_t cluster, std::uint32_t neighbour) {
    const auto known = near_[cluster].find(neighbour);
    return known == near_[cluster].end() ? mean(cluster, neighbour) : known->second;
  }

  void merge(std::uint32_t one, std::uint32_t other) {
    if (one > other) std::swap(one, other);
    forget(one, other);
    const auto of_one = static_cast<float>(sets_.size(one));
    const auto of_other = static_cast<float>(sets_.size(other));
    std::vector<std::pair<std::uint32_t, float>> means;
    means.reserve(near_[one].size() + near_[other].size());
    const auto add = [&](std::uint32_t neighbour) {
      const float both = of_one * known_mean(one, neighbour) + of_other * known_mean(other, neighbour);
      means.emplace_back(neighbour, both / (of_one + of_other));
    };
    for (const auto& [neighbour, mean] : near_[one]) add(neighbour);
    for (const auto& [neighbour, mean] : near_[other]) {
      if (!near_[one].contains(neighbour)) add(neighbour);
      near_[neighbour].erase(other);
    }
    near_[other] = {};
    sets_.join(one, other);
    for (std::size_t i = 0; i < input_.dimensions; ++i) sum(one)[i] += sum(other)[i];
    apart_[one].insert(apart_[one].end(), apart_[other].begin(), apart_[other].end());
    apart_[other] = {};
    for (const auto& [neighbour, mean] : means) set_mean(one, neighbour, mean);
  }

  LinkInput input_;  // its vectors become the sums of the clusters that are named by their images
  const std::size_t count_;
  DisjointSets sets_;
  std::vector<std::unordered_map<std::uint32_t, float>> near_;  // of each cluster: the mean by neighbour
  std::vector<std::vector<std::uint32_t>> apart_;  // of each cluster: images that may not join it
  std::priority_queue<Merge> merges_;
  float (*const dot_)(const float*, const float*, std::size_t);
};

}  // namespace

std::vector<std::vector<std::uint32_t>> connected_parts(std::size_t images,
                                                        std::span<const ImagePair> together,
                                                        std::span<const SimilarImages> pairs,
                                                        std::size_t most) {
  DisjointSets sets(images);
  std::vector<bool> is_paired(images);
  const auto join = [&](std::uint32_t one, std::uint32_t other) {
    is_paired[one] = is_paired[other] = true;
    const std::uint32_t first = sets.find(one);
    const std::uint32_t second = sets.find(other);
    if (first != second && sets.size(first) + sets.size(second) <= most) sets.join(first, second);
  };
  for (const ImagePair& pair : together) join(pair.one, pair.other);
  for (const SimilarImages& pair : pairs) join(pair.one, pair.other);
  std::vector<std::vector<std::uint32_t>> parts;
  std::vector<std::uint32_t> places(images);  // of the part that begins with an image
  for (std::uint32_t i = 0; i < images; ++i) {
    if (!is_paired[i]) continue;
    const std::uint32_t root = sets.find(i);
    if (root == i) {
      places[i] = static_cast<std::uint32_t>(parts.size());
      parts.emplace_back();
    }
    parts[places[root]].push_back(i);
  }
  return parts;
}

std::vector<std::uint32_t> average_link(LinkInput input) {
  if (input.vectors.empty()) return {};
  return AverageLinker(std::move(input)).run();
}

}  // namespace fit::ingest
