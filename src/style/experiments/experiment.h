#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/ids.h"
#include "base/json.h"
#include "base/result.h"
#include "search/query.h"

namespace fit::style {

using ExperimentId = Id<struct ExperimentTag>;

// How the two variants meet the traffic.
enum class ExperimentMode : std::uint8_t {
  kSplit,         // each person gets one of them
  kInterleaving,  // each person gets results of both, merged by search/team_draft.h
  kShadow,        // everybody gets A; B is asked too and not shown
};
inline constexpr std::array<std::string_view, 3> kExperimentModes = {"split", "interleaving", "shadow"};

// A draft is changed freely, a running experiment meets the traffic, a stopped one only has results.
enum class ExperimentState : std::uint8_t { kDraft, kRunning, kStopped };
inline constexpr std::array<std::string_view, 3> kExperimentStates = {"draft", "running", "stopped"};

// What decides who wins. A metric is a sum over people divided by another one.
enum class ExperimentMetric : std::uint8_t {
  kClicks,          // clicks for each search
  kSaves,           // saves for each search
  kBuys,            // purchases for each search
  kClicked,         // the share of searches with a click
  kSecondsToClick,  // from a search to its first click, over the searches that have one; less is better
};
inline constexpr std::array<std::string_view, 5> kExperimentMetrics = {
    "clicks_per_search", "saves_per_search", "buys_per_search", "searches_with_click", "seconds_to_click"};

std::string_view to_string(ExperimentMode mode);
std::string_view to_string(ExperimentState state);
std::string_view to_string(ExperimentMetric metric);

enum class Variant : std::uint8_t { kA, kB };

// How a variant differs from the searches of everybody.
struct VariantOverrides {
  struct Weight {
    std::string name;  // "image", "text", "words", "properties", "freshness", "taste"
    double value = 0;

    friend bool operator==(const Weight&, const Weight&) = default;
  };
  std::vector<Weight> weights = {};  // instead of those of search::Weights' defaults
  std::string space = {};            // the vector space that is searched; empty: the active one

  friend bool operator==(const VariantOverrides&, const VariantOverrides&) = default;
};

// What a person sets of an experiment.
struct ExperimentFields {
  std::string name;
  ExperimentMode mode = ExperimentMode::kSplit;
  ExperimentMetric metric = ExperimentMetric::kClicks;
  double share = 1;  // of the people, or of the searches in shadow mode; above 0, at most 1
  VariantOverrides a = {};
  VariantOverrides b = {};

  friend bool operator==(const ExperimentFields&, const ExperimentFields&) = default;
};

// A stored experiment.
struct Experiment {
  ExperimentId id;
  ExperimentFields fields;
  ExperimentState state = ExperimentState::kDraft;
  std::string created_by;  // the id of a principal
  Timestamp created_at;
  std::optional<Timestamp> started_at;
  std::optional<Timestamp> stopped_at;

  const VariantOverrides& overrides(Variant variant) const {
    return variant == Variant::kA ? fields.a : fields.b;
  }
};

// What a request changes. `state` may name the present one.
struct ExperimentChange {
  ExperimentFields fields;
  std::optional<ExperimentState> state;
};

// Reads the members of an experiment over those of `present`; a member that is missing stays. kInvalid naming
// the member, also for an unknown one. Spaces are not looked up.
Result<ExperimentChange> parse_experiment(const Json& body, const ExperimentFields& present);

Json overrides_json(const VariantOverrides& overrides);
// Reads what overrides_json() has written, without checks.
VariantOverrides overrides_of(const Json& json);
// The experiment as the API has it, without results.
Json experiment_json(const Experiment& experiment);

// Puts the weights of the overrides into a query.
void override_weights(const VariantOverrides& overrides, search::Weights& weights);
// Whether one of the variants sets one of the weights.
bool sets_weight(const Experiment& experiment, std::span<const std::string> names);

}  // namespace fit::style
