#include "ingest/clusters/cluster_centre.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "index/kernels/kernels.h"

namespace fit::ingest {

std::optional<ImageId> central_image(std::span<const domain::ImageVector> vectors) {
  if (vectors.empty()) return std::nullopt;
  const std::size_t dimensions = vectors.front().values.size();
  std::vector<float> sum(dimensions);
  for (const domain::ImageVector& vector : vectors) {
    for (std::size_t i = 0; i < dimensions; ++i) sum[i] += vector.values[i];
  }
  const auto dot = index::best_kernels().dot;
  const auto rank = [&](const domain::ImageVector& vector) {
    return std::pair(-dot(sum.data(), vector.values.data(), dimensions), vector.image);
  };
  auto best = rank(vectors.front());
  for (const domain::ImageVector& vector : vectors) best = std::min(best, rank(vector));
  return best.second;
}

}  // namespace fit::ingest
