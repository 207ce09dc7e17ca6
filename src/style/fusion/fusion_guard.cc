#include "style/fusion/fusion_guard.h"

#include <algorithm>
#include <span>

namespace fit::style {
namespace {

constexpr double kMostEvidence = 1e12;  // far above kEvidence, and far below an overflow

// Adds a search that the side of the test's hypothesis has won or lost.
void add_search(std::span<double> evidence, bool has_won) {
  for (std::size_t i = 0; i < evidence.size(); ++i) {
    const double share = FusionGuard::kShares.at(i);
    const double ratio = 2 * (has_won ? share : 1 - share);
    evidence[i] = std::min(std::max(evidence[i], 1.0) * ratio, kMostEvidence);
  }
}

double mean_of(std::span<const double> evidence) {
  double mean = 0;
  for (const double one : evidence) mean += one / static_cast<double>(evidence.size());
  return mean;
}

}  // namespace

double FusionGuard::evidence() const {
  return mean_of(state_.is_fallback ? state_.better : state_.worse);
}

FusionGuard::Verdict FusionGuard::count(bool adapted_won) {
  ++(adapted_won ? state_.adapted_wins : state_.fixed_wins);
  if (state_.is_fallback) {
    add_search(state_.better, !adapted_won);
  } else {
    add_search(state_.worse, adapted_won);
  }
  if (evidence() < kEvidence) return Verdict::kNoChange;
  state_.is_fallback = !state_.is_fallback;
  state_.worse.fill(1);
  state_.better.fill(1);
  if (!state_.is_fallback) return Verdict::kReturn;
  ++state_.fallbacks;
  return Verdict::kFallBack;
}

}  // namespace fit::style
