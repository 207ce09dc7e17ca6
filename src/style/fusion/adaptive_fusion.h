#pragma once

#include <array>
#include <chrono>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "base/background_task.h"
#include "base/clock.h"
#include "base/json.h"
#include "base/log.h"
#include "base/metrics.h"
#include "base/result.h"
#include "search/fusion.h"
#include "sql/database.h"
#include "style/feedback/person.h"
#include "style/fusion/fusion_state.h"

namespace fit::style {

// Where the weights of a query are from.
enum class FusionSource : std::uint8_t {
  kFixed,        // the configured ones: nothing was learned, or nothing can be
  kAdapted,      // learned from choices
  kFallback,     // the configured ones, because the guard has found the learned ones worse
  kInterleaved,  // both
  kRequest,      // the request names weights
};
inline constexpr std::array<std::string_view, 5> kFusionSources = {"fixed", "adapted", "fallback",
                                                                   "interleaved", "request"};
std::string_view to_string(FusionSource source);

// Weights of a catalogue's searches that follow what people choose (docs/style.md). A share of the searches
// interleaves the results by adapted and by fixed weights; the first click, save or purchase of a result
// within an hour is a lesson, and decides which weights have won that search. What is learned is in the
// catalogue's database, so that all processes use the same. Thread-safe but for start() and stop(); calls
// block. Errors are the database's, and kInternal for damaged states.
class AdaptiveFusion {
 public:
  // How many lessons a person gives on one day for one type of query; later choices teach nothing.
  static constexpr std::int64_t kLessonsPerDay = 10;
  static constexpr std::chrono::hours kChoiceTime{1};
  static constexpr std::size_t kMostSearches = 20;  // of a person that wait for a choice

  struct Parts {
    sql::Database& database;
    Log log;
    Metrics& metrics;
    double share = 0.1;  // of the searches of known people that are interleaved, 0 to 1
  };
  explicit AdaptiveFusion(Parts parts);

  // Starts a thread that calls remove_expired() every few minutes; stop() ends it.
  void start();
  void stop() { pruning_.stop(); }

  // Removes the searches that wait for a choice longer than kChoiceTime.
  Result<void> remove_expired(Timestamp time);

  // The weights of a query. `person` may be null: everybody's weights.
  struct Choice {
    FusionSource source = FusionSource::kFixed;
    search::FusionWeights weights;  // the adapted ones where `source` is kAdapted or kInterleaved
  };
  // `may_interleave` is whether the results may be interleaved, which needs a person.
  Result<Choice> choose(FusionType type, const FusionSignals& signals, const search::FusionWeights& fixed,
                        const Person* person, bool may_interleave);

  // Keeps the results of an interleaved search until one of them is chosen. Of fewer than two nothing is
  // kept.
  Result<void> note_shown(const Person& person, FusionType type, const ShownSearch& shown, Timestamp time);

  // Learns from the choice of an item (is_choice(), style/feedback/feedback.h), if one of the person's latest
  // interleaved searches has shown it. Returns whether it was a lesson.
  Result<bool> learn(const Person& person, ItemId item, Timestamp time);

  // As above; errors are logged, and then the weights are fixed, nothing is kept, or nothing is learned.
  Choice choose_or_fixed(FusionType type, const FusionSignals& signals, const search::FusionWeights& fixed,
                         const Person* person, bool may_interleave);
  void note_shown_or_log(const Person& person, FusionType type, const ShownSearch& shown, Timestamp time);
  void learn_or_log(const Person& person, ItemId item, Timestamp time);

  // What is known, by type: the guard, the numbers of lessons, and the weights by which a query of the type
  // with the signals `fixed` of everybody is answered.
  Result<Json> report(const search::FusionWeights& fixed, const std::vector<std::string>& spaces);
  // What was learned of a person: a list by type; empty when there is nothing.
  static Result<std::vector<Json>> of_person(sql::Database& database, const Person& person);

 private:
  Result<FusionTypeState> type_state(FusionType type);
  bool draw_interleaved() const;
  void announce(FusionType type, FusionGuard::Verdict verdict, const FusionGuard::State& guard);

  Parts parts_;
  std::array<Counter*, kFusionTypes.size()> lessons_{};
  std::array<Counter*, kFusionTypes.size()> fallbacks_{};
  BackgroundTask pruning_;
};

}  // namespace fit::style
