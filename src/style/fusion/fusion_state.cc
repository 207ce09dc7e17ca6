#include "style/fusion/fusion_state.h"

#include <algorithm>
#include <cmath>
#include <ranges>
#include <utility>

#include "search/query.h"

namespace fit::style {
namespace {

using Values = std::map<std::string, double, std::less<>>;

Error damaged() {
  return {ErrorCode::kInternal, "the stored weights are damaged", {}, {}};
}

Json values_json(const Values& values, std::int64_t lessons) {
  Json json{{"values", Json::object()}, {"lessons", lessons}};
  for (const auto& [name, value] : values) json["values"][name] = value;
  return json;
}

// Reads what values_json() has written; false when it is damaged.
bool read_values(const Json& state, const char* name, Values& values, std::int64_t& lessons) {
  const auto group = state.find(name);
  if (group == state.end() || !group->is_object()) return false;
  const auto given = group->find("values");
  const auto count = group->find("lessons");
  if (given == group->end() || !given->is_object()) return false;
  if (count == group->end() || !count->is_number_integer()) return false;
  for (const auto& [key, value] : given->items()) {
    if (!value.is_number() || !std::isfinite(value.get<double>())) return false;
    values[key] = value.get<double>();
  }
  lessons = count->get<std::int64_t>();
  return true;
}

template <std::size_t Size>
bool read_numbers(const Json& state, const char* name, std::array<double, Size>& numbers) {
  const auto given = state.find(name);
  if (given == state.end() || !given->is_array() || given->size() != Size) return false;
  for (std::size_t i = 0; i < Size; ++i) {
    if (!(*given)[i].is_number()) return false;
    numbers[i] = (*given)[i].template get<double>();
  }
  return true;
}

bool read_count(const Json& state, const char* name, std::int64_t& count) {
  const auto given = state.find(name);
  if (given == state.end() || !given->is_number_integer()) return false;
  count = given->get<std::int64_t>();
  return true;
}

Json guard_json(const FusionGuard::State& guard) {
  return {{"worse", guard.worse},
          {"better", guard.better},
          {"is_fallback", guard.is_fallback},
          {"adapted_wins", guard.adapted_wins},
          {"fixed_wins", guard.fixed_wins},
          {"fallbacks", guard.fallbacks}};
}

bool read_guard(const Json& state, FusionGuard::State& guard) {
  const auto given = state.find("guard");
  if (given == state.end() || !given->is_object()) return false;
  const auto is_fallback = given->find("is_fallback");
  if (is_fallback == given->end() || !is_fallback->is_boolean()) return false;
  guard.is_fallback = is_fallback->get<bool>();
  return read_numbers(*given, "worse", guard.worse) && read_numbers(*given, "better", guard.better) &&
         read_count(*given, "adapted_wins", guard.adapted_wins) &&
         read_count(*given, "fixed_wins", guard.fixed_wins) &&
         read_count(*given, "fallbacks", guard.fallbacks);
}

Result<Json> read_object(std::string_view text) {
  auto json = parse_json("state", text);
  if (!json || !json->is_object()) return damaged();
  return json;
}

// Reads the numbers of a list; false when it is none.
bool read_list(const Json& object, const char* name, std::vector<double>& numbers) {
  const auto given = object.find(name);
  if (given == object.end() || !given->is_array()) return false;
  for (const Json& one : *given) {
    if (!one.is_number()) return false;
    numbers.push_back(one.get<double>());
  }
  return true;
}

bool read_hit(const Json& json, std::size_t spaces, search::InterleavedHit& hit) {
  if (!json.is_object()) return false;
  std::int64_t team = 0;
  std::vector<double> parts;
  if (!read_count(json, "item", hit.item.value) || !read_count(json, "team", team) ||
      !read_list(json, "parts", parts) || !read_list(json, "spaces", hit.spaces) ||
      parts.size() != hit.parts.size() || hit.spaces.size() != spaces) {
    return false;
  }
  std::ranges::copy(parts, hit.parts.begin());
  hit.is_adapted = team == 1;
  hit.is_fixed = team == 2;
  return true;
}

bool can_learn(const SignalGroup& group) {
  return std::ranges::count_if(group.fixed, [](double fixed) { return fixed > 0; }) >= 2;
}

// Four digits are enough, and spare the table the others.
double shortened(double value) {
  constexpr double kDigits = 1e4;
  return std::isfinite(value) ? std::round(value * kDigits) / kDigits : 0;
}

}  // namespace

std::string_view to_string(FusionType type) {
  return kFusionTypes.at(static_cast<std::size_t>(type));
}

std::optional<FusionType> fusion_type_of(const search::Query& query) {
  const bool has_items = query.item_id || !query.like.empty();
  if (!query.text.empty()) {
    return has_items || query.has_photo() ? FusionType::kComposed : FusionType::kWords;
  }
  if (has_items) return FusionType::kItem;
  if (query.has_photo()) return FusionType::kPhoto;
  return std::nullopt;
}

bool FusionSignals::can_be_adapted() const {
  return can_learn(parts) || can_learn(spaces);
}

FusionSignals fusion_signals(const search::FusionWeights& fixed, const std::vector<std::string>& spaces) {
  FusionSignals signals;
  signals.parts.names.assign(search::kFusedParts.begin(), search::kFusedParts.end());
  signals.parts.fixed.assign(fixed.parts.begin(), fixed.parts.end());
  const std::size_t count = std::min({spaces.size(), fixed.spaces.size(), search::kFusedSpaces});
  signals.spaces.names.assign(spaces.begin(), spaces.begin() + static_cast<std::ptrdiff_t>(count));
  signals.spaces.fixed.assign(fixed.spaces.begin(),
                              fixed.spaces.begin() + static_cast<std::ptrdiff_t>(count));
  return signals;
}

std::string dump_state(const FusionTypeState& state) {
  return dump_json({{"parts", values_json(state.parts.strengths, state.parts.lessons)},
                    {"spaces", values_json(state.spaces.strengths, state.spaces.lessons)},
                    {"guard", guard_json(state.guard)}});
}

std::string dump_state(const FusionPersonState& state) {
  return dump_json({{"parts", values_json(state.parts.offsets, state.parts.lessons)},
                    {"spaces", values_json(state.spaces.offsets, state.spaces.lessons)}});
}

Result<FusionTypeState> read_type_state(std::string_view text) {
  FusionTypeState state;
  if (text.empty()) return state;
  FIT_TRY(const Json json, read_object(text));
  const bool is_read = read_values(json, "parts", state.parts.strengths, state.parts.lessons) &&
                       read_values(json, "spaces", state.spaces.strengths, state.spaces.lessons) &&
                       read_guard(json, state.guard);
  const auto is_positive = [](const Values& values) {
    return std::ranges::all_of(values | std::views::values, [](double value) { return value > 0; });
  };
  if (!is_read || !is_positive(state.parts.strengths) || !is_positive(state.spaces.strengths)) {
    return damaged();
  }
  return state;
}

Result<FusionPersonState> read_person_state(std::string_view text) {
  FusionPersonState state;
  if (text.empty()) return state;
  FIT_TRY(const Json json, read_object(text));
  if (!read_values(json, "parts", state.parts.offsets, state.parts.lessons) ||
      !read_values(json, "spaces", state.spaces.offsets, state.spaces.lessons)) {
    return damaged();
  }
  return state;
}

search::FusionWeights adapted_weights(const search::FusionWeights& fixed, const FusionSignals& signals,
                                      const FusionTypeState& everybody, const FusionPersonState* person) {
  search::FusionWeights weights = fixed;
  const auto parts =
      mixed_weights(signals.parts, everybody.parts, person == nullptr ? nullptr : &person->parts);
  const auto spaces =
      mixed_weights(signals.spaces, everybody.spaces, person == nullptr ? nullptr : &person->spaces);
  std::ranges::copy(parts, weights.parts.begin());
  std::ranges::copy(spaces, weights.spaces.begin());
  return weights;
}

std::string dump_shown(const ShownSearch& shown) {
  Json hits = Json::array();
  for (const search::InterleavedHit& one : shown.hits | std::views::take(kMostShown)) {
    Json parts = Json::array();
    for (const double part : one.parts) parts.push_back(shortened(part));
    Json spaces = Json::array();
    for (std::size_t i = 0; i < shown.signals.spaces.names.size(); ++i) {
      spaces.push_back(i < one.spaces.size() ? shortened(one.spaces[i]) : 0);
    }
    hits.push_back({{"item", one.item.value},
                    {"team", one.is_adapted ? 1
                             : one.is_fixed ? 2
                                            : 0},
                    {"parts", std::move(parts)},
                    {"spaces", std::move(spaces)}});
  }
  return dump_json({{"parts", shown.signals.parts.fixed},
                    {"space_names", shown.signals.spaces.names},
                    {"spaces", shown.signals.spaces.fixed},
                    {"hits", std::move(hits)}});
}

Result<ShownSearch> read_shown(std::string_view text) {
  FIT_TRY(const Json json, read_object(text));
  search::FusionWeights fixed{.spaces = {}};
  std::vector<double> parts;
  std::vector<std::string> names;
  const auto given_names = json.find("space_names");
  const auto given_hits = json.find("hits");
  if (!read_list(json, "parts", parts) || parts.size() != fixed.parts.size() ||
      !read_list(json, "spaces", fixed.spaces) || given_names == json.end() || !given_names->is_array() ||
      given_names->size() != fixed.spaces.size() || given_hits == json.end() || !given_hits->is_array()) {
    return damaged();
  }
  for (const Json& one : *given_names) {
    if (!one.is_string()) return damaged();
    names.push_back(one.get<std::string>());
  }
  std::ranges::copy(parts, fixed.parts.begin());
  ShownSearch shown{.signals = fusion_signals(fixed, names), .hits = {}};
  for (const Json& one : *given_hits) {
    if (!read_hit(one, shown.signals.spaces.names.size(), shown.hits.emplace_back())) return damaged();
  }
  return shown;
}

FusionGuard::Verdict learn_choice(const ShownSearch& shown, std::size_t chosen, FusionTypeState& everybody,
                                  FusionPersonState* person) {
  FusionLesson parts{.signals = {}, .chosen = chosen};
  FusionLesson spaces{.signals = {}, .chosen = chosen};
  for (const search::InterleavedHit& one : shown.hits) {
    parts.signals.emplace_back(one.parts.begin(), one.parts.end());
    spaces.signals.push_back(one.spaces);
  }
  if (person != nullptr) {
    learn_person(shown.signals.parts, parts, everybody.parts, person->parts);
    learn_person(shown.signals.spaces, spaces, everybody.spaces, person->spaces);
  }
  learn_everybody(shown.signals.parts, parts, everybody.parts);
  learn_everybody(shown.signals.spaces, spaces, everybody.spaces);
  const search::InterleavedHit& hit = shown.hits.at(chosen);
  if (!hit.is_adapted && !hit.is_fixed) return FusionGuard::Verdict::kNoChange;
  FusionGuard guard(everybody.guard);
  const auto verdict = guard.count(hit.is_adapted);
  everybody.guard = guard.state();
  if (verdict == FusionGuard::Verdict::kFallBack) {
    everybody.parts = {};
    everybody.spaces = {};
  }
  return verdict;
}

}  // namespace fit::style
