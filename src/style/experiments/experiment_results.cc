#include "style/experiments/experiment_results.h"

#include <cmath>
#include <string>

namespace fit::style {
namespace {

constexpr std::size_t kInterleavedMetrics = 3;

bool is_interleaving(ExperimentMode mode) {
  return mode == ExperimentMode::kInterleaving;
}

// Six digits after the point, which is more than any experiment knows.
double rounded_result(double value) {
  constexpr double kScale = 1e6;
  return std::round(value * kScale) / kScale;
}

Json metric_json(const std::optional<MetricResult>& result) {
  if (!result) return nullptr;
  Json json{{"a", rounded_result(result->a)},
            {"b", rounded_result(result->b)},
            {"difference", rounded_result(result->difference)},
            {"interval", nullptr}};
  if (result->interval) {
    json["interval"] = {rounded_result(result->interval->low), rounded_result(result->interval->high)};
  }
  return json;
}

}  // namespace

std::optional<MetricResult> result_of(ExperimentMode mode, ExperimentMetric metric,
                                      const ExperimentSums& sums) {
  const auto at = static_cast<std::size_t>(metric);
  if (is_interleaving(mode)) {
    if (at >= kInterleavedMetrics) return std::nullopt;
    const auto estimate = estimate_ratio(sums.interleaved.at(at));
    if (!estimate) return std::nullopt;
    const double searches = sums.interleaved.at(at).x;
    return MetricResult{.a = sums.of_a.at(at) / searches,
                        .b = sums.of_b.at(at) / searches,
                        .difference = estimate->ratio,
                        .interval = interval_of(*estimate)};
  }
  const auto comparison = compare_ratios(sums.a.at(at), sums.b.at(at));
  if (!comparison) return std::nullopt;
  return MetricResult{.a = comparison->a.ratio,
                      .b = comparison->b.ratio,
                      .difference = comparison->difference,
                      .interval = comparison->interval};
}

std::optional<Variant> winner_of(ExperimentMetric metric, const MetricResult& result) {
  if (!result.interval || !result.interval->excludes_zero()) return std::nullopt;
  const bool more_is_better = metric != ExperimentMetric::kSecondsToClick;
  return (result.interval->low > 0) == more_is_better ? Variant::kB : Variant::kA;
}

Json results_json(const Experiment& experiment, const ExperimentSums& sums) {
  const ExperimentMode mode = experiment.fields.mode;
  const auto whole = [](double number) { return static_cast<std::int64_t>(number); };
  Json json;
  if (is_interleaving(mode)) {
    json["people"] = whole(sums.interleaved[0].people);
    json["searches"] = whole(sums.interleaved[0].x);
  } else {
    json["people"] = {{"a", whole(sums.a[0].people)}, {"b", whole(sums.b[0].people)}};
    json["searches"] = {{"a", whole(sums.a[0].x)}, {"b", whole(sums.b[0].x)}};
  }
  json["metrics"] = Json::object();
  for (std::size_t i = 0; i < kExperimentMetrics.size(); ++i) {
    if (is_interleaving(mode) && i >= kInterleavedMetrics) break;
    json["metrics"][std::string(kExperimentMetrics.at(i))] =
        metric_json(result_of(mode, static_cast<ExperimentMetric>(i), sums));
  }
  json["winner"] = nullptr;
  if (const auto result = result_of(mode, experiment.fields.metric, sums)) {
    const auto winner = winner_of(experiment.fields.metric, *result);
    if (winner) json["winner"] = *winner == Variant::kA ? "a" : "b";
  }
  return json;
}

Json shadow_json(const ShadowSums& sums) {
  Json json{{"compared", sums.compared}, {"failed", sums.failed},          {"dropped", sums.dropped},
            {"overlap_at_10", nullptr},  {"rank_biased_overlap", nullptr}, {"timed", sums.timed},
            {"mean_ms", nullptr},        {"slowest_ms", nullptr}};
  if (sums.compared > 0) {
    const auto count = static_cast<double>(sums.compared);
    json["overlap_at_10"] = rounded_result(sums.overlap / count);
    json["rank_biased_overlap"] = rounded_result(sums.rank_biased / count);
  }
  if (sums.timed > 0) {
    const auto count = static_cast<double>(sums.timed);
    json["mean_ms"] = {{"a", rounded_result(sums.a_ms / count)}, {"b", rounded_result(sums.b_ms / count)}};
    json["slowest_ms"] = {{"a", rounded_result(sums.a_slowest_ms)}, {"b", rounded_result(sums.b_slowest_ms)}};
  }
  return json;
}

}  // namespace fit::style
