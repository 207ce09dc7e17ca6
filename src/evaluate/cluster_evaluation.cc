#include "evaluate/cluster_evaluation.h"

#include <algorithm>
#include <functional>
#include <iterator>
#include <map>
#include <utility>

#include "base/format.h"
#include "base/parallel.h"
#include "index/kernels/kernels.h"
#include "ingest/clusters/average_link.h"

namespace fit::evaluate {
namespace {

constexpr std::size_t kMostSampleImages = 20'000;
constexpr std::size_t kGraphNeighbours = 24;  // as a rebuild has them

// The nearest images of one: of those before it the nearest, and of all the nearest few.
struct NearImages {
  float cosine = -2;  // of `before`
  std::uint32_t before = 0;
  std::vector<ingest::SimilarImages> near;
};

NearImages near_images(const ClusterSample& sample, std::uint32_t image) {
  const auto dot = index::best_kernels().dot;
  const auto count = static_cast<std::uint32_t>(sample.labels.size());
  const float* const vector = &sample.vectors[image * sample.dimensions];
  NearImages found;
  for (std::uint32_t other = 0; other < count; ++other) {
    if (other == image) continue;
    const float cosine = dot(vector, &sample.vectors[other * sample.dimensions], sample.dimensions);
    if (other < image && cosine > found.cosine) {
      found.cosine = cosine;
      found.before = other;
    }
    found.near.push_back(
        {.one = std::min(image, other), .other = std::max(image, other), .similarity = cosine});
  }
  const std::size_t kept = std::min(kGraphNeighbours, found.near.size());
  const auto middle = found.near.begin() + static_cast<std::ptrdiff_t>(kept);
  std::ranges::nth_element(found.near, middle, std::greater(), &ingest::SimilarImages::similarity);
  found.near.resize(kept);
  found.near.shrink_to_fit();
  return found;
}

std::vector<std::uint32_t> join_clusters(const std::vector<NearImages>& images, double threshold) {
  std::vector<std::uint32_t> clusters(images.size());
  for (std::uint32_t i = 0; i < images.size(); ++i) {
    clusters[i] = images[i].cosine >= threshold ? clusters[images[i].before] : i;
  }
  return clusters;
}

std::vector<std::uint32_t> rebuild(const ClusterSample& sample, const std::vector<NearImages>& images,
                                   double threshold) {
  std::vector<ingest::SimilarImages> pairs;
  for (const NearImages& one : images) {
    std::ranges::copy_if(one.near, std::back_inserter(pairs),
                         [&](const ingest::SimilarImages& pair) { return pair.similarity >= threshold; });
  }
  return ingest::average_link({.vectors = sample.vectors,
                               .dimensions = sample.dimensions,
                               .pairs = std::move(pairs),
                               .threshold = threshold});
}

Json score_json(const ClusterScore& score) {
  return {{"clusters", score.clusters},
          {"precision", score.precision},
          {"recall", score.recall},
          {"f1", score.f1()}};
}

std::string score_columns(const ClusterScore& score) {
  return fit::format(" {:>9} {:>9.3f} {:>7.3f} {:>6.3f}", score.clusters, score.precision, score.recall,
                     score.f1());
}

}  // namespace

ClusterScore score_clusters(std::span<const std::string> labels, std::span<const std::uint32_t> clusters) {
  std::map<std::uint32_t, double> by_cluster;
  std::map<std::string_view, double> by_label;
  std::map<std::pair<std::uint32_t, std::string_view>, double> by_both;
  for (std::size_t i = 0; i < labels.size(); ++i) {
    ++by_cluster[clusters[i]];
    ++by_label[labels[i]];
    ++by_both[{clusters[i], labels[i]}];
  }
  ClusterScore score{.clusters = by_cluster.size()};
  for (const auto& [both, count] : by_both) {  // each of the `count` images sees the same shares
    score.precision += count * count / by_cluster[both.first];
    score.recall += count * count / by_label[both.second];
  }
  score.precision /= static_cast<double>(labels.size());
  score.recall /= static_cast<double>(labels.size());
  return score;
}

Result<std::vector<ClusterThresholdScores>> evaluate_clusters(const ClusterSample& sample,
                                                              std::span<const double> clip_thresholds,
                                                              std::span<const double> cosines,
                                                              const std::stop_token& stop) {
  const std::size_t count = sample.labels.size();
  if (count == 0 || count > kMostSampleImages)
    return invalid("PATH", "must have 1 to 20000 images with a label");
  std::vector<NearImages> images(count);
  FIT_CHECK(parallel_for(count, {.grain = 64, .stop = stop}, [&](std::size_t i) -> Result<void> {
    images[i] = near_images(sample, static_cast<std::uint32_t>(i));
    return {};
  }));
  std::vector<ClusterThresholdScores> scores;
  for (std::size_t i = 0; i < cosines.size(); ++i) {
    if (stop.stop_requested()) return cancelled();
    scores.push_back({.clip_threshold = clip_thresholds[i],
                      .cosine = cosines[i],
                      .joined = score_clusters(sample.labels, join_clusters(images, cosines[i])),
                      .rebuilt = score_clusters(sample.labels, rebuild(sample, images, cosines[i]))});
  }
  return scores;
}

std::string to_table(std::span<const ClusterThresholdScores> scores) {
  std::string table =
      "threshold  cosine |   joined precision  recall     F1 |  rebuilt precision  recall     F1\n";
  for (const ClusterThresholdScores& one : scores) {
    table += fit::format("{:>9.2f} {:>7.3f} |{} |{}\n", one.clip_threshold, one.cosine,
                         score_columns(one.joined), score_columns(one.rebuilt));
  }
  return table;
}

Json to_json(std::span<const ClusterThresholdScores> scores) {
  Json list = Json::array();
  for (const ClusterThresholdScores& one : scores) {
    list.push_back({{"threshold", one.clip_threshold},
                    {"cosine", one.cosine},
                    {"joined", score_json(one.joined)},
                    {"rebuilt", score_json(one.rebuilt)}});
  }
  return list;
}

}  // namespace fit::evaluate
