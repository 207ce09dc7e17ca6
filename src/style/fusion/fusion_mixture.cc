#include "style/fusion/fusion_mixture.h"

#include <algorithm>
#include <cmath>
#include <numeric>

namespace fit::style {
namespace {

constexpr double kStartStrength = 2;  // of all signals of a group together
constexpr double kMaxValue = 4;       // of a signal, in spreads
constexpr double kLeastSpread = 1e-9;

double sum_of(std::span<const double> values) {
  return std::accumulate(values.begin(), values.end(), 0.0);
}

// The least share of each signal.
std::vector<double> floors_of(const SignalGroup& group, const FusionOptions& options) {
  const double sum = sum_of(group.fixed);
  std::vector<double> floors;
  for (const double fixed : group.fixed) {
    floors.push_back(sum > 0 ? std::min(options.floor, fixed / sum / 2) : 0);
  }
  return floors;
}

// The strengths before the first lesson.
std::vector<double> start_of(const SignalGroup& group) {
  const double sum = sum_of(group.fixed);
  std::vector<double> start;
  for (const double fixed : group.fixed) start.push_back(sum > 0 ? kStartStrength * fixed / sum : 0);
  return start;
}

std::vector<double> strengths_of(const SignalGroup& group, const FusionMixture& mixture) {
  std::vector<double> strengths = start_of(group);
  for (std::size_t k = 0; k < strengths.size(); ++k) {
    const auto known = mixture.strengths.find(group.names[k]);
    if (known != mixture.strengths.end() && strengths[k] > 0) strengths[k] = known->second;
  }
  return strengths;
}

void add_person(const SignalGroup& group, const PersonalMixture& person, const FusionOptions& options,
                std::vector<double>& strengths) {
  const auto lessons = static_cast<double>(person.lessons);
  const double trust = lessons / (lessons + options.personal_lessons);
  for (std::size_t k = 0; k < strengths.size(); ++k) {
    const auto known = person.offsets.find(group.names[k]);
    if (known != person.offsets.end()) strengths[k] *= std::exp(trust * known->second);
  }
}

// The values of the signals centred over the results and divided by the spread of all signals; empty when no
// signal differs.
std::vector<std::vector<double>> standardised(const SignalGroup& group, const FusionLesson& lesson) {
  const std::size_t results = lesson.signals.size();
  std::vector<std::vector<double>> values(results, std::vector<double>(group.names.size()));
  double squares = 0;
  double counted = 0;
  for (std::size_t k = 0; k < group.names.size(); ++k) {
    if (!(group.fixed[k] > 0)) continue;
    double mean = 0;
    for (std::size_t i = 0; i < results; ++i) mean += lesson.signals[i][k] / static_cast<double>(results);
    double variance = 0;
    for (std::size_t i = 0; i < results; ++i) {
      values[i][k] = lesson.signals[i][k] - mean;
      variance += values[i][k] * values[i][k] / static_cast<double>(results);
    }
    if (!(variance > kLeastSpread * kLeastSpread)) continue;
    squares += variance;
    counted += 1;
  }
  if (counted == 0) return {};
  const double spread = std::sqrt(squares / counted);
  for (auto& of_result : values) {
    for (double& value : of_result) value = std::clamp(value / spread, -kMaxValue, kMaxValue);
  }
  return values;
}

// The derivative of the logarithm of the chosen result's probability by each strength; empty when there is
// nothing to learn.
std::vector<double> gradient_of(const SignalGroup& group, const FusionLesson& lesson,
                                std::span<const double> strengths) {
  if (lesson.signals.size() < 2 || lesson.chosen >= lesson.signals.size()) return {};
  const auto values = standardised(group, lesson);
  if (values.empty()) return {};
  std::vector<double> utilities;
  for (const auto& of_result : values) {
    double utility = 0;
    for (std::size_t k = 0; k < strengths.size(); ++k) utility += strengths[k] * of_result[k];
    utilities.push_back(utility);
  }
  const double most = std::ranges::max(utilities);
  std::vector<double> probabilities;
  for (std::size_t i = 0; i < utilities.size(); ++i) {
    probabilities.push_back(std::exp(utilities[i] - most) / std::log2(static_cast<double>(i) + 2));
  }
  const double all = sum_of(probabilities);
  std::vector<double> gradient = values[lesson.chosen];
  for (std::size_t i = 0; i < values.size(); ++i) {
    for (std::size_t k = 0; k < gradient.size(); ++k) gradient[k] -= probabilities[i] / all * values[i][k];
  }
  return gradient;
}

}  // namespace

std::vector<double> mixed_weights(const SignalGroup& group, const FusionMixture& everybody,
                                  const PersonalMixture* person, const FusionOptions& options) {
  const double all = sum_of(group.fixed);
  const bool has_learned = !everybody.strengths.empty() || (person != nullptr && !person->offsets.empty());
  if (!(all > 0) || !has_learned) return group.fixed;
  const std::vector<double> floors = floors_of(group, options);
  const double free = 1 - sum_of(floors);
  // What is left above the floors is divided like the strengths, which start with it.
  std::vector<double> strengths = strengths_of(group, everybody);
  if (person != nullptr) add_person(group, *person, options, strengths);
  const std::vector<double> start = start_of(group);
  std::vector<double> weights;
  for (std::size_t k = 0; k < strengths.size(); ++k) {
    const double above = (group.fixed[k] / all - floors[k]) / free;
    weights.push_back(start[k] > 0 ? above * strengths[k] / start[k] : 0);
  }
  const double sum = sum_of(weights);
  for (std::size_t k = 0; k < weights.size(); ++k) weights[k] = all * (floors[k] + free * weights[k] / sum);
  return weights;
}

void learn_everybody(const SignalGroup& group, const FusionLesson& lesson, FusionMixture& everybody,
                     const FusionOptions& options) {
  ++everybody.lessons;
  std::vector<double> strengths = strengths_of(group, everybody);
  const std::vector<double> gradient = gradient_of(group, lesson, strengths);
  if (gradient.empty()) return;
  const std::vector<double> start = start_of(group);
  for (std::size_t k = 0; k < strengths.size(); ++k) {
    strengths[k] *= std::exp(options.rate * gradient[k]);
    strengths[k] += options.forgetting * (start[k] - strengths[k]);
  }
  const double sum = sum_of(strengths);
  const double scale = std::clamp(sum, options.min_strength, options.max_strength) / sum;
  for (std::size_t k = 0; k < strengths.size(); ++k) {
    if (start[k] > 0) everybody.strengths[group.names[k]] = strengths[k] * scale;
  }
}

void learn_person(const SignalGroup& group, const FusionLesson& lesson, const FusionMixture& everybody,
                  PersonalMixture& person, const FusionOptions& options) {
  std::vector<double> strengths = strengths_of(group, everybody);
  add_person(group, person, options, strengths);
  ++person.lessons;
  const std::vector<double> gradient = gradient_of(group, lesson, strengths);
  if (gradient.empty()) return;
  double mean = 0;  // of the new offsets: how sharply a person chooses is no matter of proportions
  double count = 0;
  for (std::size_t k = 0; k < strengths.size(); ++k) {
    if (!(group.fixed[k] > 0)) continue;
    double& offset = person.offsets[group.names[k]];
    offset += options.personal_rate * gradient[k] - options.forgetting * offset;
    mean += offset;
    count += 1;
  }
  for (std::size_t k = 0; k < strengths.size(); ++k) {
    if (!(group.fixed[k] > 0)) continue;
    double& offset = person.offsets[group.names[k]];
    offset = std::clamp(offset - mean / count, -options.max_offset, options.max_offset);
  }
}

}  // namespace fit::style
