#include "style/taste/taste_rerank.h"

#include <algorithm>
#include <cmath>
#include <functional>
#include <limits>

namespace fit::style {
namespace {

// The difference of the greatest and the least finite score; 1 when there is none.
double range_of(std::span<const TasteCandidate> candidates) {
  double least = std::numeric_limits<double>::infinity();
  double most = -least;
  for (const TasteCandidate& one : candidates) {
    if (!std::isfinite(one.score)) continue;
    least = std::min(least, one.score);
    most = std::max(most, one.score);
  }
  const double range = most - least;
  return range > 0 && std::isfinite(range) ? range : 1;
}

}  // namespace

std::vector<TasteRank> rerank_by_taste(std::span<const TasteCandidate> candidates, const Taste& taste,
                                       double weight) {
  const double bounded = weight > 0 ? std::min(weight, kMaxTasteWeight) : 0;  // NaN is 0
  const double share = bounded * taste.confidence();
  // (1 - w) s + w t orders like s + w / (1 - w) t; s is a score divided by the range. A taste that says
  // nothing adds nothing.
  const double unit = range_of(candidates) * share / (1 - share);
  std::vector<TasteRank> ranks;
  ranks.reserve(candidates.size());
  for (std::size_t i = 0; i < candidates.size(); ++i) {
    TasteRank& rank = ranks.emplace_back(TasteRank{.candidate = i});
    if (candidates[i].item == nullptr) continue;
    rank.taste = taste.score(*candidates[i].item);
    rank.addition = unit * (rank.taste.score - 0.5);
  }
  std::ranges::stable_sort(ranks, std::greater(), [&](const TasteRank& rank) {
    const double score = candidates[rank.candidate].score;
    return std::isfinite(score) ? score + rank.addition : -std::numeric_limits<double>::infinity();
  });
  return ranks;
}

}  // namespace fit::style
