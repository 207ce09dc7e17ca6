#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <span>
#include <stop_token>
#include <string>
#include <unordered_set>
#include <vector>

#include "alerts/alerts.h"
#include "alerts/events.h"
#include "alerts/owner_access.h"
#include "alerts/saved_searches.h"
#include "alerts/search_plan.h"
#include "base/log.h"
#include "base/metrics.h"
#include "base/result.h"
#include "search/search_engine.h"
#include "store/catalogue.h"

namespace fit::alerts {

// The engine of the active space, and what keeps it alive.
struct EngineLease {
  std::shared_ptr<const void> owner;
  search::SearchEngine& engine;
};

// Compares each changed item with all saved searches, in the order of the catalogue's positions, and stores
// alerts in batches together with the position that it has reached. So each change is matched once, over
// restarts, and whichever of several processes does it; one of them at a time holds the work. A search that
// was saved before an item was written is compared with it. Searches of callers who may not search any more
// match nothing.
//
// A search is compiled again for another vector space. One that cannot be for the time being, because a model
// or the database is away, waits, is tried again every ten seconds, and is then compared with what it has
// missed. One that never can gets a problem (SavedSearch::problem). For one thread.
class Matcher {
 public:
  struct Parts {
    store::Catalogue& store;
    SavedSearches& searches;
    Alerts& alerts;
    std::function<EngineLease()> engine;
    AccessSource access;
    std::string holder;  // names this process among those of the database
    Log log;
    Metrics& metrics;
    std::size_t batch_size = 1'000;                 // alerts and ends of alerts of one transaction
    std::chrono::milliseconds retry_pause{10'000};  // between attempts at searches that wait
  };
  explicit Matcher(Parts parts);

  // Matches the changes up to the position at the call. Returns the number of alerts. kCancelled when
  // stopped; the errors of the parts, after which the next call continues from what is stored.
  Result<std::size_t> catch_up(const std::stop_token& stop);

 private:
  using SearchPtr = std::shared_ptr<const PlannedSearch>;

  // The batch that is being filled, and what was stored before it.
  struct Step {
    MatchedBatch batch;
    std::stop_token stop;
    bool moves = true;  // the position follows the changes, and alerts that are not true any more are dropped
    std::size_t stored = 0;  // alerts
  };
  // An item with the vectors of its images.
  struct Subject {
    const domain::ItemRecord& item;
    std::span<const domain::ImageVector> vectors;
  };
  // The searches that could not be compiled in one attempt at many.
  struct Failures;

  // Functions that return a bool return false when the step is to be made again from what is stored.
  Result<bool> match_changes(Step& step);
  Result<bool> retry_waiting(Step& step);
  Result<bool> catch_up_with(const EngineLease& lease, const SearchPlan& plan, std::int64_t from, Step& step);
  Result<bool> match(const EngineLease& lease, const SearchPlan& plan, std::span<const store::Change> changes,
                     Step& step);
  Result<bool> match_item(const SearchPlan& plan, const Subject& subject, Step& step,
                          std::vector<RecipientId>& matched);
  Result<bool> drop_untrue(ItemId item, const std::vector<RecipientId>& matched, Step& step);
  Result<bool> flush_if_full(Step& step);
  Result<bool> flush(Step& step);
  // Whether this process does the work, now and for some seconds.
  Result<bool> keep_hold();

  // Brings the plan up to date with the saved searches and with the space.
  Result<void> load(const EngineLease& lease, std::int64_t revision, std::int64_t position);
  // Lets searches that could not be compiled, one at least, wait.
  Result<void> let_wait(const Failures& failures, std::int64_t position);
  // The search for a plan; null for one that cannot be compared.
  Result<SearchPtr> prepare(const EngineLease& lease, const StoredSearch& stored, Failures& failures);
  Result<SearchPtr> planned(const EngineLease& lease, const StoredSearch& stored);
  Result<CompiledSearch> compile_again(const EngineLease& lease, const StoredSearch& stored);
  void note_unreadable(const std::vector<SavedSearchId>& ids);
  void count(const MatchedBatch& batch);
  void measure();
  void set_waiting(std::size_t count);

  const Parts parts_;
  OwnerAccess access_;
  Gauge& shown_searches_;
  Gauge& shown_waiting_;
  Gauge& shown_changes_;
  Histogram& step_seconds_;
  std::unique_ptr<SearchPlan> plan_;  // of the engine of `owner_`
  std::weak_ptr<const void> owner_;   // of the engine: a space that is not active any more can end
  std::int64_t loaded_revision_ = -1;
  Timestamp held_until_ = {};
  bool has_waiting_ = true;  // searches may wait to be compiled
  std::size_t waiting_ = 0;  // those that did at the latest attempt
  Timestamp retry_at_ = {};
  std::unordered_set<SavedSearchId> unreadable_;  // rows that the log names already
};

}  // namespace fit::alerts
