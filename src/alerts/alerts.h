#pragma once

#include <optional>
#include <span>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

#include "alerts/saved_search.h"
#include "base/result.h"
#include "jobs/job.h"
#include "sql/database.h"

namespace fit::alerts {

// What a recipient is told about an item.
struct Alert {
  AlertId id = {};
  RecipientId recipient;
  ItemId item;
  Event event = Event::kNew;
  std::optional<double> price = {};      // of the item at the event
  std::optional<double> old_price = {};  // of kPriceDown
  std::string currency = {};
  Timestamp state_since = {};  // when the item got the state that is told
  Timestamp created_at = {};
};

// An alert on its way by a channel, for the saved search that is named with it.
struct Delivery {
  std::string channel;  // Channel::text()
  SavedSearchId search;
  Timestamp due_at;
};

// An alert that is to be stored, with the saved searches that it is of.
struct NewAlert {
  Alert alert;
  std::vector<SavedSearchId> searches;
  std::vector<Delivery> deliveries;
};

// What the matcher stores at once. A change of one item may lead to more alerts than one batch has: the
// position stays until the last of them is stored.
struct MatchedBatch {
  std::int64_t from = 0;      // the position before
  std::int64_t to = 0;        // the changes up to it are done; `from`: the next one is not
  std::int64_t number = 0;    // MatcherState::batch
  std::int64_t revision = 0;  // of the saved searches that were compared
  std::vector<NewAlert> alerts = {};
  // Whose alerts of an item are not true any more and are not delivered.
  std::vector<std::pair<ItemId, RecipientId>> dropped = {};
  // Searches that have waited to be compiled, and are compared with all changes up to `from` now.
  std::vector<SavedSearchId> caught_up = {};
};

// An alert that is due, with the saved search that it is delivered for.
struct DueAlert {
  Alert alert;
  SavedSearchId search;
};

// A recipient and a channel.
struct Route {
  RecipientId recipient;
  std::string channel;  // Channel::text()
};

// The kind of the jobs that deliver.
inline constexpr std::string_view kNotifyJob = "notify";
// The job that delivers what is due at a time by a channel.
jobs::NewJob delivery_job(const Route& route, Timestamp due);

// The alerts of one catalogue and their deliveries. Thread-safe; calls block. Errors as for sql::Database.
class Alerts {
 public:
  explicit Alerts(sql::Database& database) : database_(database) {}

  // The matcher asks what was told about an item, about which of some items an alert waits, and who waits for
  // an alert about one.
  Result<std::vector<Alert>> told(ItemId item);
  Result<std::vector<ItemId>> awaited(std::span<const ItemId> items);
  Result<std::vector<RecipientId>> awaiting(ItemId item);
  // Becomes the process that matches, until `until`, or stays it. False while another one is.
  Result<bool> hold(const std::string& holder, Timestamp time, Timestamp until);
  // Stores a batch whole: its alerts, the jobs that deliver them, and the position. False when another
  // process was at work meanwhile, or a saved search has changed: nothing is stored then, and the changes
  // after the stored position are to be matched again.
  Result<bool> store(const MatchedBatch& batch, Timestamp time);

  // The alerts of a saved search, the latest first.
  Result<std::vector<Alert>> list(SavedSearchId search, std::int64_t before, std::size_t limit);
  struct Summary {
    std::int64_t count = 0;
    std::optional<Timestamp> latest = {};
  };
  Result<std::unordered_map<SavedSearchId, Summary>> summaries(std::span<const SavedSearchId> searches);

  // Takes the alerts of a route that are due for a job, with those that it has taken before. Nobody else gets
  // them until the job is over or its row is gone; then others get what it has not ended. A job that does a
  // dead letter again (`instead_of`) takes what that one has given up. Returns the oldest, at most
  // kMaxClaimed; the job has the rest too, and delivers or postpones it.
  static constexpr std::size_t kMaxClaimed = 500;
  struct Claim {
    jobs::JobId job;
    std::optional<jobs::JobId> instead_of = {};
  };
  Result<std::vector<DueAlert>> claim(const Route& route, const Claim& claim, Timestamp time);
  // Ends deliveries: "delivered", "failed" or "dropped".
  Result<void> end(const Route& route, std::span<const DueAlert> alerts, std::string_view state,
                   Timestamp time);
  // Puts off what a job has taken, for a job at that time.
  Result<void> postpone(const Route& route, jobs::JobId job, Timestamp until);
  // Gives back what a job has taken and not ended: the next job of its route gets it.
  Result<void> release(jobs::JobId job);

  // Removes alerts that are older than a time, recipients without a user that have not confirmed since, and
  // what counted messages of that age.
  Result<void> prune(Timestamp alerts_before, Timestamp recipients_before);

 private:
  sql::Database& database_;
};

}  // namespace fit::alerts
