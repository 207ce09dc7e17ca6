#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "base/json.h"
#include "base/result.h"
#include "evaluate/evaluation_set.h"
#include "search/ranking.h"

namespace fit::evaluate {

// The vectors of the set's images in one space.
struct TunedSpace {
  std::string name;
  EvaluationVectors vectors;
};

// The queries and candidates of tune().
struct TuningOptions {
  std::uint32_t seed = 1;                         // seed of the split into halves
  std::size_t queries = 4000;                     // largest number of queries in both halves together
  std::size_t candidates = search::kRankedDepth;  // nearest images in the first space, which are reranked
};

// The result of tune().
struct TuningReport {
  // The result of one ranking.
  struct Score {
    std::string name;                // the ranking's space, or "tuned" for the weighted sum
    std::vector<double> precisions;  // mean precision at 10 of the test queries, by label
  };
  std::vector<std::string> spaces;
  std::vector<double> weights;  // by space; the first is 1
  std::vector<std::string> labels;
  std::size_t tuned_on = 0;   // number of queries
  std::size_t tested_on = 0;  // number of other queries
  std::vector<Score> scores;
};

// Learns the weights of spaces with which the nearest images in the first space are reranked: score = sum of
// weight * cosine. It maximizes the mean precision at 10 over the labels by coordinate ascent on a random
// half of the queries of evaluate(), and reports the precision on the other half. kInvalid for fewer than two
// spaces, for vectors that do not match the set, and when a half has no query. Blocks; kCancelled after
// `stop`.
Result<TuningReport> tune(const EvaluationSet& set, const std::vector<TunedSpace>& spaces,
                          const TuningOptions& options, const Progress& progress = {},
                          const std::stop_token& stop = {});

// The weights as a value of the setting RERANK_SPACES: "palette:0.5,clip:1".
std::string rerank_setting(const TuningReport& report);

std::string to_table(const TuningReport& report);
Json to_json(const TuningReport& report);

}  // namespace fit::evaluate
