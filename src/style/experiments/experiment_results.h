#pragma once

#include <optional>

#include "base/json.h"
#include "style/experiments/experiment_records.h"

namespace fit::style {

// What an experiment has found so far.
struct MetricResult {
  double a = 0;
  double b = 0;
  double difference = 0;                  // B minus A
  std::optional<ValidInterval> interval;  // of the difference
};

// The result of one metric; nullopt while nobody has searched with one of the variants. Of interleaved
// results `a` and `b` are the counts of each variant's items for each search.
std::optional<MetricResult> result_of(ExperimentMode mode, ExperimentMetric metric,
                                      const ExperimentSums& sums);

// The better variant by the interval of a result; nullopt while it contains 0.
std::optional<Variant> winner_of(ExperimentMetric metric, const MetricResult& result);

// Results as the API has them: "people" and "searches" by variant, "metrics", and "winner", which is "a", "b"
// or null.
Json results_json(const Experiment& experiment, const ExperimentSums& sums);
// The results of an experiment in shadow mode.
Json shadow_json(const ShadowSums& sums);

}  // namespace fit::style
