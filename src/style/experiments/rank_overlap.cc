#include "style/experiments/rank_overlap.h"

#include <algorithm>
#include <cmath>
#include <unordered_set>

namespace fit::style {

RankOverlap overlap_of(std::span<const ItemId> a, std::span<const ItemId> b) {
  constexpr double kPersistence = 0.9;
  const std::size_t depth = std::min(std::max(a.size(), b.size()), kOverlapDepth);
  if (depth == 0) return {};
  std::unordered_set<ItemId> seen;
  std::size_t common = 0;
  double sum = 0;
  double weight = 1;
  for (std::size_t i = 0; i < depth; ++i) {
    // An item that is seen for the second time is in both.
    if (i < a.size() && !seen.insert(a[i]).second) ++common;
    if (i < b.size() && !seen.insert(b[i]).second) ++common;
    weight *= kPersistence;
    sum += weight * static_cast<double>(common) / static_cast<double>(i + 1);
  }
  const double agreement = static_cast<double>(common) / static_cast<double>(depth);
  return {.overlap = agreement, .rank_biased = agreement * weight + sum * (1 - kPersistence) / kPersistence};
}

}  // namespace fit::style
