#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/json.h"
#include "base/result.h"
#include "search/fusion.h"
#include "style/fusion/fusion_guard.h"
#include "style/fusion/fusion_mixture.h"

namespace fit::style {

// The types of queries. Each has weights of its own.
enum class FusionType : std::uint8_t {
  kPhoto,     // a photo
  kItem,      // items as examples
  kWords,     // words
  kComposed,  // words beside a photo or items
};
inline constexpr std::array<std::string_view, 4> kFusionTypes = {"photo", "item", "words", "composed"};
std::string_view to_string(FusionType type);
// nullopt for a query that is fused in no way, such as browsing.
std::optional<FusionType> fusion_type_of(const search::Query& query);

// The two groups of signals of a query.
struct FusionSignals {
  SignalGroup parts;   // search::kFusedParts
  SignalGroup spaces;  // the searched one and the rerank spaces, at most search::kFusedSpaces

  // Whether there are two signals whose proportion can be learned.
  bool can_be_adapted() const;
};
// `spaces` are the names of fixed.spaces.
FusionSignals fusion_signals(const search::FusionWeights& fixed, const std::vector<std::string>& spaces);

// What is learned for one type of query.
struct FusionTypeState {
  FusionMixture parts;
  FusionMixture spaces;
  FusionGuard::State guard;
};
struct FusionPersonState {
  PersonalMixture parts;
  PersonalMixture spaces;
};

// The states as they are stored. Reading an empty text gives a new state; kInternal for a damaged one.
std::string dump_state(const FusionTypeState& state);
std::string dump_state(const FusionPersonState& state);
Result<FusionTypeState> read_type_state(std::string_view text);
Result<FusionPersonState> read_person_state(std::string_view text);

// The weights of a query. `person` may be null. Weights of spaces beyond search::kFusedSpaces stay fixed.
search::FusionWeights adapted_weights(const search::FusionWeights& fixed, const FusionSignals& signals,
                                      const FusionTypeState& everybody, const FusionPersonState* person);

// An interleaved search that waits for a choice.
struct ShownSearch {
  FusionSignals signals;
  std::vector<search::InterleavedHit> hits;  // at most kMostShown
};
inline constexpr std::size_t kMostShown = 20;

std::string dump_shown(const ShownSearch& shown);
Result<ShownSearch> read_shown(std::string_view text);

// Learns from the choice of a result of a search, and lets the guard count it. A fallback makes the type's
// weights the fixed ones, from which it learns anew.
FusionGuard::Verdict learn_choice(const ShownSearch& shown, std::size_t chosen, FusionTypeState& everybody,
                                  FusionPersonState* person);

}  // namespace fit::style
