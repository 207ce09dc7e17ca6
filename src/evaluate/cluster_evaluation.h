#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <stop_token>
#include <string>
#include <vector>

#include "base/json.h"
#include "base/result.h"

namespace fit::evaluate {

// Images with their vectors and the garment, or whatever the label names, that each shows.
struct ClusterSample {
  std::vector<std::string> labels = {};  // one an image, none empty
  std::vector<float> vectors = {};       // of all images, one after the other, each with L2 norm 1
  std::size_t dimensions = 0;
};

// How well clusters agree with labels: B-cubed precision and recall (Bagga and Baldwin, 1998), means over the
// images of the share of an image's cluster that has its label, and of the share of the images with its label
// that are in its cluster. 0 to 1; 1 is best.
struct ClusterScore {
  std::size_t clusters = 0;
  double precision = 0;
  double recall = 0;

  double f1() const { return precision + recall == 0 ? 0 : 2 * precision * recall / (precision + recall); }
};
// `clusters` has the number of each image's cluster.
ClusterScore score_clusters(std::span<const std::string> labels, std::span<const std::uint32_t> clusters);

// The scores at one threshold.
struct ClusterThresholdScores {
  double clip_threshold = 0;  // as CLUSTER_THRESHOLD
  double cosine = 0;          // what it is worth in the space of the vectors
  ClusterScore joined;        // each image joins its nearest of those before it, as a server does
  ClusterScore rebuilt;       // by average linkage, as a rebuild does
};

// Clusters the sample at each of the thresholds, of which `cosines` has the cosines, with exact neighbours,
// and scores the clusters. kInvalid for a sample of more than 20,000 images or without any; kCancelled.
// Blocks.
Result<std::vector<ClusterThresholdScores>> evaluate_clusters(const ClusterSample& sample,
                                                              std::span<const double> clip_thresholds,
                                                              std::span<const double> cosines,
                                                              const std::stop_token& stop);

std::string to_table(std::span<const ClusterThresholdScores> scores);
Json to_json(std::span<const ClusterThresholdScores> scores);

}  // namespace fit::evaluate
