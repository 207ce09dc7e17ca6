#pragma once

#include <cstddef>
#include <cstdint>
#include <stop_token>

#include "base/result.h"

namespace fit::evaluate {

struct TrendEvaluationOptions {
  std::size_t catalogues = 60;  // with planted trends, and as many steady ones
  std::uint64_t seed = 1;
};

// How well trends are told from chance.
struct TrendEvaluation {
  std::size_t planted = 0;       // trends in all catalogues
  std::size_t missed = 0;        // planted trends that are not reported, or in the wrong direction
  std::size_t reported = 0;      // trends in the catalogues with planted ones
  std::size_t others = 0;        // reported trends that were not planted
  std::size_t false_alarms = 0;  // steady catalogues in which a trend is reported
};

// Draws catalogues of two months with 404 values of six kinds and finds their trends. The planted ones are a
// colour from 5 to 10 % of 2,800 listings a month, a brand from 3 to 7 %, a new brand with 2 %, a subcategory
// from 4 to 9 %, and a pattern from 5 to 1.5 %. Steady catalogues have half as many listings in the first
// month, which is no trend of a value. Deterministic for a seed. kCancelled. Blocks.
Result<TrendEvaluation> evaluate_trends(const TrendEvaluationOptions& options, const std::stop_token& stop);

}  // namespace fit::evaluate
