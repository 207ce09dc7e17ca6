#include "index/quantised/list_ranking.h"

#include <algorithm>
#include <limits>

namespace fit::index {
namespace {

constexpr std::size_t kMoreCompared = 32;  // lists whose centroids are compared exactly, at least
constexpr float kTaken = -std::numeric_limits<float>::infinity();  // the score of a list in the order

}  // namespace

// Every list's score, by codes of their centroids where there are many lists.
void ListRanking::score_all(const Kernels& kernels, const CodeKernels& code_kernels,
                            const CodeTables& tables) {
  scores_.resize(lists_.size());
  if (codes_.empty()) {
    for (std::size_t list = 0; list < lists_.size(); ++list)
      scores_[list] = kernels.dot(query_, lists_.centroid(list), lists_.dimensions());
  } else {
    codes_.estimate(kernels, code_kernels, lists_, tables, query_, scores_);
  }
  for (std::size_t list = 0; list < lists_.size(); ++list) scores_[list] += reach_ * lists_.width(list);
}

// The best by their scores are compared exactly, a half more than are wanted. Those that are not taken keep
// their exact score for the next time.
void ListRanking::extend(const Kernels& kernels, const CodeKernels& code_kernels, const CodeTables& tables,
                         std::size_t wanted) {
  wanted = std::min(wanted, lists_.size());
  if (order_.size() >= wanted) return;
  if (scores_.empty()) score_all(kernels, code_kernels, tables);
  wanted -= order_.size();
  const std::size_t most = std::min(lists_.size() - order_.size(), wanted + wanted / 2 + kMoreCompared);
  std::vector<std::pair<float, std::uint32_t>> best;
  best.reserve(2 * most + 64);
  float least = kTaken;
  const auto keep_best = [&] {
    if (best.size() <= most) return;
    std::ranges::nth_element(best, best.begin() + static_cast<std::ptrdiff_t>(most - 1), std::greater{});
    best.resize(most);
    least = best.back().first;
  };
  for (std::uint32_t list = 0; list < scores_.size(); ++list) {
    if (scores_[list] <= least) continue;
    best.emplace_back(scores_[list], list);
    if (best.size() == best.capacity()) keep_best();
  }
  keep_best();
  std::vector<Lists::Ranked> compared;
  compared.reserve(best.size());
  for (const auto& [score, list] : best) {
    const float product = kernels.dot(query_, lists_.centroid(list), lists_.dimensions());
    scores_[list] = product + reach_ * lists_.width(list);
    compared.push_back({scores_[list], product, list});
  }
  const auto end = compared.begin() + static_cast<std::ptrdiff_t>(std::min(wanted, compared.size()));
  std::ranges::partial_sort(compared, end, std::greater{}, &Lists::Ranked::score);
  for (auto one = compared.begin(); one != end; ++one) scores_[one->list] = kTaken;
  order_.insert(order_.end(), compared.begin(), end);
}

}  // namespace fit::index
