#include "style/experiments/experiment.h"

#include <algorithm>

#include "base/format.h"
#include "base/json_reader.h"
#include "base/text.h"

namespace fit::style {
namespace {

constexpr std::size_t kMaxNameBytes = 200;

// Reads a member that is the name of a choice; it stays as it is when it is missing.
template <class Enum, std::size_t Size>
void read_choice(JsonReader& reader, const std::string& key, const std::array<std::string_view, Size>& names,
                 Enum& choice) {
  const Json* const value = reader.find(key);
  if (value == nullptr) return;
  const std::string text = value->is_string() ? value->get<std::string>() : std::string();
  const auto* const found = std::ranges::find(names, text);
  if (found != names.end()) {
    choice = static_cast<Enum>(found - names.begin());
    return;
  }
  std::string known;
  for (const std::string_view name : names) known += (known.empty() ? "" : ", ") + std::string(name);
  reader.fail(key, "must be one of " + known);
}

void read_weights(JsonReader& reader, const Json& json, VariantOverrides& overrides) {
  if (!json.is_object()) return reader.fail("weights", "must be an object");
  for (const auto& [name, value] : json.items()) {
    search::Weights known;
    if (search::weight_of(known, name) == nullptr) {
      return reader.fail("weights", "may have image, text, words, properties, freshness and taste only");
    }
    const double most = name == "taste" ? search::kMaxTasteWeight : search::kMaxWeight;
    const double number = value.is_number() ? value.get<double>() : -1;
    if (!(number >= 0 && number <= most)) {
      return reader.fail("weights", fit::format("{} must be a number between 0 and {}", name, most));
    }
    overrides.weights.push_back({.name = name, .value = number});
  }
  std::ranges::sort(overrides.weights, {}, &VariantOverrides::Weight::name);
}

void read_variant(JsonReader& reader, const std::string& key, VariantOverrides& overrides) {
  auto variant = reader.optional_object(key);
  if (!variant) return;
  overrides = {};
  if (const Json* const weights = variant->find("weights")) read_weights(*variant, *weights, overrides);
  overrides.space = variant->optional_text("space");
  variant->reject_unknown_keys();
}

}  // namespace

std::string_view to_string(ExperimentMode mode) {
  return kExperimentModes.at(static_cast<std::size_t>(mode));
}

std::string_view to_string(ExperimentState state) {
  return kExperimentStates.at(static_cast<std::size_t>(state));
}

std::string_view to_string(ExperimentMetric metric) {
  return kExperimentMetrics.at(static_cast<std::size_t>(metric));
}

Result<ExperimentChange> parse_experiment(const Json& body, const ExperimentFields& present) {
  JsonReader reader(body);
  ExperimentChange change{.fields = present, .state = {}};
  ExperimentFields& fields = change.fields;
  if (reader.find("name") != nullptr) fields.name = trim(reader.optional_text("name"));
  read_choice(reader, "mode", kExperimentModes, fields.mode);
  read_choice(reader, "metric", kExperimentMetrics, fields.metric);
  if (const Json* const share = reader.find("share")) {
    fields.share = share->is_number() ? share->get<double>() : 0;
    if (!(fields.share > 0 && fields.share <= 1)) {
      reader.fail("share", "must be a number above 0 and at most 1");
    }
  }
  if (reader.find("state") != nullptr) {
    ExperimentState state{};
    read_choice(reader, "state", kExperimentStates, state);
    change.state = state;
  }
  read_variant(reader, "a", fields.a);
  read_variant(reader, "b", fields.b);
  FIT_CHECK(reader.finish());
  if (fields.name.empty() || fields.name.size() > kMaxNameBytes) {
    return invalid("name", fit::format("must have 1 to {} bytes", kMaxNameBytes));
  }
  if (fields.a == fields.b && change.state == ExperimentState::kRunning &&
      fields.mode == ExperimentMode::kInterleaving) {
    return invalid("b", "must differ from a; equal rankings cannot be interleaved");
  }
  if (fields.mode == ExperimentMode::kShadow && fields.a != VariantOverrides()) {
    return invalid("a", "must be empty in the mode shadow, which shows everybody what they always get");
  }
  if (fields.mode == ExperimentMode::kInterleaving && fields.metric >= ExperimentMetric::kClicked) {
    return invalid("metric",
                   "must be clicks_per_search, saves_per_search or buys_per_search where one search has "
                   "results of both variants");
  }
  return change;
}

Json overrides_json(const VariantOverrides& overrides) {
  Json json = Json::object();
  for (const auto& [name, value] : overrides.weights) json["weights"][name] = value;
  if (!overrides.space.empty()) json["space"] = overrides.space;
  return json;
}

VariantOverrides overrides_of(const Json& json) {
  VariantOverrides overrides;
  if (const auto weights = json.find("weights"); weights != json.end()) {
    for (const auto& [name, value] : weights->items()) {
      if (value.is_number()) overrides.weights.push_back({.name = name, .value = value.get<double>()});
    }
    std::ranges::sort(overrides.weights, {}, &VariantOverrides::Weight::name);
  }
  overrides.space = json.value("space", std::string());
  return overrides;
}

Json experiment_json(const Experiment& experiment) {
  const ExperimentFields& fields = experiment.fields;
  Json json{{"id", experiment.id.str()},
            {"name", fields.name},
            {"state", to_string(experiment.state)},
            {"mode", to_string(fields.mode)},
            {"metric", to_string(fields.metric)},
            {"share", fields.share},
            {"a", overrides_json(fields.a)},
            {"b", overrides_json(fields.b)},
            {"created_by", experiment.created_by},
            {"created_at", to_rfc3339(experiment.created_at)}};
  if (experiment.started_at) json["started_at"] = to_rfc3339(*experiment.started_at);
  if (experiment.stopped_at) json["stopped_at"] = to_rfc3339(*experiment.stopped_at);
  return json;
}

void override_weights(const VariantOverrides& overrides, search::Weights& weights) {
  for (const auto& [name, value] : overrides.weights) {
    if (double* const weight = search::weight_of(weights, name)) *weight = value;
  }
}

bool sets_weight(const Experiment& experiment, std::span<const std::string> names) {
  const auto sets = [names](const VariantOverrides& overrides) {
    return std::ranges::any_of(overrides.weights, [names](const VariantOverrides::Weight& one) {
      return std::ranges::contains(names, one.name);
    });
  };
  return sets(experiment.fields.a) || sets(experiment.fields.b);
}

}  // namespace fit::style
