#pragma once

#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "base/background_task.h"
#include "base/log.h"
#include "base/result.h"
#include "search/search_engine.h"
#include "style/experiments/experiment_note.h"
#include "style/experiments/experiment_records.h"
#include "style/experiments/experiment_store.h"

namespace fit::style {

// The search of a vector space, for one query.
struct SearchedEngine {
  std::shared_ptr<const void> owner;  // keeps the engine alive
  search::SearchEngine* engine = nullptr;
  bool has_text = false;  // whether texts are compared by vectors
};

// A search that was answered with variant A and is asked with variant B, to compare the two.
struct ShadowSearch {
  std::shared_ptr<const Experiment> experiment;
  search::Query query;  // as B asks it
  std::vector<ItemId> shown;
  double a_ms = 0;
  bool is_timed = true;  // no cache answered it
};

// The experiments of one catalogue at work: which one runs, what it records, and its shadow searches. A
// search reads the running experiment from memory; notes are stored and the running experiment is read once a
// second by a thread; another one asks shadow searches, one at a time. start() and stop() are for the owner;
// the rest is thread-safe. Borrows its parts.
class ExperimentService {
 public:
  struct Parts {
    sql::Database& database;
    // The search of a space, by name; empty: the active one. nullopt while it is not ready.
    std::function<std::optional<SearchedEngine>(const std::string& space)> engine_of;
    // Says which spaces the running experiment searches, whenever they are read; empty names are left out.
    std::function<void(const std::vector<std::string>& spaces)> want_spaces;
    Log log;
  };
  explicit ExperimentService(Parts parts)
      : parts_(std::move(parts)), store_(parts_.database), records_(parts_.database) {}
  ~ExperimentService() { stop(); }
  ExperimentService(const ExperimentService&) = delete;
  ExperimentService& operator=(const ExperimentService&) = delete;

  void start();
  // Stores what waits. Later calls do nothing.
  void stop();

  ExperimentStore& store() { return store_; }
  ExperimentRecords& records() { return records_; }

  // The running experiment, at most a second old; null: none. Does not block.
  std::shared_ptr<const Experiment> running() const;
  // Reads the running experiment now. Blocks; the errors of the database.
  Result<void> refresh();
  // The engine of a variant; nullopt while its space is not ready.
  std::optional<SearchedEngine> engine_of(const VariantOverrides& overrides) const {
    return parts_.engine_of(overrides.space);
  }

  // Does not block. Notes beyond some thousands that wait are dropped.
  void note(ExperimentNote note);
  // Notes what a person has done with an item, where an experiment runs that counts it. Does not block.
  void note_feedback(const Person& person, const FeedbackTarget& target, Signal signal, Timestamp at);
  // Asks the search in the background, or counts it as dropped while several wait. Does not block.
  void compare(ShadowSearch search);

  // Removes all that is known of a person, also what waits. Blocks; the errors of the database.
  Result<void> forget(const Person& person);

  // One step of the first thread: stores what waits and reads the running experiment. Called by the thread of
  // start(), or by tests instead of it.
  void step();
  // Asks the shadow searches that wait. Called by the second thread, or by tests.
  void ask_shadows();

 private:
  void store_notes();
  void store_shadows();
  void prune();
  ShadowSums asked(const ShadowSearch& search);
  // With mutex_ held.
  void add_shadow(ExperimentId experiment, const ShadowSums& sums);

  const Parts parts_;
  ExperimentStore store_;
  ExperimentRecords records_;

  mutable std::mutex mutex_;  // guards the members below
  std::shared_ptr<const Experiment> running_;
  std::vector<ExperimentNote> waiting_;
  std::deque<ShadowSearch> shadows_;
  ShadowSums shadow_sums_;  // not stored yet, of shadow_experiment_
  ExperimentId shadow_experiment_;

  std::mutex store_mutex_;                           // held while notes are stored or removed
  std::chrono::steady_clock::time_point next_look_;  // at old searches and at the number of people
  ExperimentId full_;                                // the experiment that has kMaxPeople; 0: none

  BackgroundTask recorder_;
  BackgroundTask asker_;
};

}  // namespace fit::style
