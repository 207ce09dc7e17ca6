#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

#include "base/json.h"
#include "base/result.h"
#include "evaluate/evaluation_set.h"

namespace fit::evaluate {

// The items among which simulated people choose.
struct FusionSample {
  struct Space {
    std::string name;
    std::size_t dimensions = 0;
    std::vector<float> vectors;  // of all items, one after the other, each with L2 norm 1
  };
  std::vector<Space> spaces;        // the first is the searched one
  std::vector<std::string> kinds;   // by item; empty: not known
  std::vector<std::string> colors;  // by item; empty: not known

  std::size_t size() const { return kinds.size(); }
};

// The rows that have a vector in every space, `kMostFusionItems` at most. The first label is the kind, the
// second the colour. kInvalid naming "path" for fewer than 100 rows, and naming "spaces" for fewer than two
// spaces.
inline constexpr std::size_t kMostFusionItems = 3'000;
Result<FusionSample> fusion_sample(const EvaluationSet& set, std::span<const std::string> names,
                                   std::span<const EvaluationVectors> vectors);

struct FusionEvaluationOptions {
  std::size_t worlds = 20;  // of each scenario
  std::uint64_t seed = 1;
};

// Means over the worlds after a number of lessons. The value of a ranking is its discounted cumulative gain
// at ten, where gains are what the people are after, scaled to 0 for the worst and 1 for the best candidate,
// divided by that of the best order: 1 is best.
struct FusionPoint {
  std::size_t lessons = 0;
  double fixed = 0;        // the value with the fixed weights
  double adapted = 0;      // with those that a search has then: learned, or fixed after a fallback
  double fallbacks = 0;    // the mean number of fallbacks until then
  double in_fallback = 0;  // the share of the worlds that are in one

  double gain() const { return fixed > 0 ? adapted / fixed - 1 : 0; }
};

// A course of events for one type of query.
struct FusionScenario {
  std::string query_type;  // "photo" or "composed"
  std::string name;
  std::vector<FusionPoint> points;
};

// A property that adapted weights are to have.
struct FusionGoal {
  std::string name;
  double least = 0;
  double reached = 0;

  bool is_met() const { return reached >= least; }
};

struct FusionEvaluation {
  std::size_t items = 0;
  std::size_t worlds = 0;
  std::vector<FusionScenario> scenarios;
  std::vector<FusionGoal> goals;

  // nullptr: there is none.
  const FusionScenario* find(std::string_view query_type, std::string_view name) const;
};

// Simulates searches whose results are interleaved, choices and lessons, with the learner and the guard of
// style/fusion/. A photo is a query of its own image, fused by the cosines in all spaces. A composed query is
// an item, a colour and a kind, fused by the rank of the image and by agreement with each. Fifty people
// differ by factors of about 1.3 from what their world is after. They look at position i, from 0 on, in
// proportion to (i + 1)^-0.7, which is not what the learner assumes, and prefer good results.
//
// The scenarios: "wrong": the people are after another mixture than the fixed weights, which are equal.
// "right": they are after the fixed weights. "change": after 1,000 lessons its shares move to the next
// signals. "random": they choose without looking. "attack": after 500 lessons, 300 lessons are by others who
// choose the worst of the page; the people follow again. "flood": after 500 lessons one attacker gives as
// many lessons as one person may give on a day, whatever the number of clicks.
//
// Deterministic for a seed, whatever the number of threads. kCancelled. Blocks.
Result<FusionEvaluation> evaluate_fusion(const FusionSample& sample, const FusionEvaluationOptions& options,
                                         const std::stop_token& stop);

Json to_json(const FusionEvaluation& evaluation);

}  // namespace fit::evaluate
