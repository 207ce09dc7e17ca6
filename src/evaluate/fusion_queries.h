#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "evaluate/fusion_evaluation.h"
#include "search/fusion.h"
#include "search/team_draft.h"
#include "style/fusion/fusion_state.h"

namespace fit::evaluate {

// What the signals say of the candidates of one query.
struct FusionQuery {
  std::vector<std::vector<double>> signals;  // by candidate, then by signal

  // The candidates by the weighted sum of the signals, best first; equal sums in the order of the candidates.
  std::vector<std::size_t> ranking(std::span<const double> weights) const;
  // The weighted sums by candidate, scaled to 0 for the least and 1 for the greatest; all 0 when they are
  // equal.
  std::vector<double> gains(std::span<const double> weights) const;
};

// Queries of one type over the items of a sample. Immutable and thread-safe.
class FusionQueries {
 public:
  static FusionQueries photos(const FusionSample& sample, std::uint64_t seed);
  static FusionQueries composed(const FusionSample& sample, std::uint64_t seed);

  style::FusionType type() const { return type_; }
  std::size_t size() const { return queries_.size(); }
  const FusionQuery& at(std::size_t number) const { return queries_.at(number); }

  // The fixed weights of the signals: all are equal.
  std::vector<double> fixed() const { return std::vector<double>(signal_count_, 1); }
  // The weights that were learned.
  std::vector<double> adapted(const style::FusionTypeState& everybody,
                              const style::FusionPersonState& person) const;
  // The candidates `shown` as the results of an interleaved search, of which the team kB has adapted weights.
  style::ShownSearch shown(const FusionQuery& query, std::span<const std::size_t> shown,
                           std::span<const search::Team> teams) const;

 private:
  FusionQueries(style::FusionType type, search::FusionWeights fixed, std::vector<std::string> spaces);

  style::FusionType type_;
  search::FusionWeights fixed_;
  style::FusionSignals signals_;
  std::size_t signal_count_ = 0;
  std::vector<FusionQuery> queries_;
};

}  // namespace fit::evaluate
