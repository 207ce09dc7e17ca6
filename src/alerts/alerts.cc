#include "alerts/alerts.h"

#include <algorithm>
#include <limits>
#include <map>

#include "base/format.h"
#include "base/hash.h"
#include "base/json.h"
#include "jobs/add_jobs.h"
#include "sql/sql_times.h"

namespace fit::alerts {
namespace {

using sql::SqlConnection;
using sql::SqlRow;
using sql::ticks;
using Ordered = sql::Ordering;

constexpr std::string_view kAlertColumns =
    "a.id, a.recipient_id, a.item_id, a.event, a.price, a.old_price, a.currency, a.state_since, a.created_at";
constexpr int kAlertColumnCount = 9;

Alert read_alert(const SqlRow& row) {
  return {.id = AlertId{row.integer(0)},
          .recipient = RecipientId{row.integer(1)},
          .item = ItemId{row.integer(2)},
          .event = stored_event(row.text(3)),
          .price = sql::optional_real(row, 4),
          .old_price = sql::optional_real(row, 5),
          .currency = std::string(row.text(6)),
          .state_since = sql::time_at(row, 7),
          .created_at = sql::time_at(row, 8)};
}

template <class T>
std::vector<std::int64_t> numbers_of(std::span<const T> ids) {
  std::vector<std::int64_t> numbers;
  numbers.reserve(ids.size());
  for (const T id : ids) numbers.push_back(id.value);
  return numbers;
}

Result<void> store_alert(SqlConnection& connection, const NewAlert& added, Timestamp time) {
  const Alert& alert = added.alert;
  std::int64_t id = 0;
  FIT_CHECK(
      connection.query("INSERT INTO alerts (recipient_id, item_id, event, price, old_price, currency, "
                       "state_since, created_at) "
                       "VALUES ($1, $2, $3, $4, $5, $6, $7, $8) RETURNING id",
                       {alert.recipient.value, alert.item.value, to_string(alert.event),
                        sql::nullable(alert.price), sql::nullable(alert.old_price),
                        std::string_view(alert.currency), ticks(alert.state_since), ticks(time)},
                       [&id](const SqlRow& row) { id = row.integer(0); }));
  for (const SavedSearchId search : added.searches) {
    FIT_CHECK(connection.execute("INSERT INTO alert_searches (search_id, alert_id) VALUES ($1, $2)",
                                 {search.value, id}));
  }
  for (const Delivery& delivery : added.deliveries) {
    FIT_CHECK(
        connection.execute("INSERT INTO alert_deliveries (alert_id, recipient_id, channel, search_id, "
                           "due_at, state, claimed_by) "
                           "VALUES ($1, $2, $3, $4, $5, 'pending', 0)",
                           {id, alert.recipient.value, std::string_view(delivery.channel),
                            delivery.search.value, ticks(delivery.due_at)}));
  }
  return {};
}

// An alert that nobody has got was never told.
Result<void> drop_alerts(SqlConnection& connection, ItemId item, RecipientId recipient, Timestamp time) {
  FIT_CHECK(connection.execute(
      "UPDATE alert_deliveries SET state = 'dropped', ended_at = $1 WHERE state = 'pending' AND alert_id IN "
      "(SELECT id FROM alerts WHERE item_id = $2 AND recipient_id = $3)",
      {ticks(time), item.value, recipient.value}));
  FIT_CHECK(
      connection.execute("DELETE FROM alerts WHERE item_id = $1 AND recipient_id = $2 AND EXISTS (SELECT 1 "
                         "FROM alert_deliveries "
                         "d WHERE d.alert_id = alerts.id AND d.state = 'dropped') AND NOT EXISTS (SELECT 1 "
                         "FROM alert_deliveries "
                         "d WHERE d.alert_id = alerts.id AND d.state <> 'dropped')",
                         {item.value, recipient.value}));
  return {};
}

// One job for each route and time. What is due already is for a job of its own, at the time of the batch: an
// earlier job may have taken what was due before, and be at work.
std::vector<jobs::NewJob> delivery_jobs(const std::vector<NewAlert>& alerts, Timestamp time) {
  std::map<std::string, jobs::NewJob> jobs;
  for (const NewAlert& one : alerts) {
    for (const Delivery& delivery : one.deliveries) {
      jobs::NewJob job = delivery_job({.recipient = one.alert.recipient, .channel = delivery.channel},
                                      std::max(delivery.due_at, time));
      std::string key = job.unique_key;
      jobs.try_emplace(std::move(key), std::move(job));
    }
  }
  std::vector<jobs::NewJob> all;
  for (auto& [key, job] : jobs) all.push_back(std::move(job));
  return all;
}

}  // namespace

jobs::NewJob delivery_job(const Route& route, Timestamp due) {
  // Enough attempts for ten hours: a server that greylists or is away accepts later.
  constexpr std::int64_t kAttempts = 30;
  const std::string channel_hash = sha256_hex(as_bytes(route.channel)).substr(0, 16);
  return {.kind = std::string(kNotifyJob),
          .payload = dump_json(
              {{"for", "alerts"}, {"recipient", route.recipient.str()}, {"channel", route.channel}}),
          .submitter = "recipient:" + route.recipient.str(),
          .unique_key = fit::format("{}/{}/{}", route.recipient.value, channel_hash, ticks(due)),
          .run_at = due,
          .max_attempts = kAttempts};
}

Result<std::vector<Alert>> Alerts::told(ItemId item) {
  return database_.read([item](SqlConnection& connection) -> Result<std::vector<Alert>> {
    std::vector<Alert> found;
    FIT_CHECK(connection.query(fit::format("SELECT {} FROM alerts a WHERE a.item_id = $1", kAlertColumns),
                               {item.value},
                               [&found](const SqlRow& row) { found.push_back(read_alert(row)); }));
    return found;
  });
}

Result<std::vector<ItemId>> Alerts::awaited(std::span<const ItemId> items) {
  return database_.read([&](SqlConnection& connection) -> Result<std::vector<ItemId>> {
    std::vector<ItemId> found;
    FIT_CHECK(sql::query_among(
        connection,
        "SELECT DISTINCT a.item_id FROM alerts a JOIN alert_deliveries d ON d.alert_id = a.id AND d.state = "
        "'pending' WHERE a.item_id",
        numbers_of(items), [&found](const SqlRow& row) { found.push_back(ItemId{row.integer(0)}); }));
    return found;
  });
}

Result<std::vector<RecipientId>> Alerts::awaiting(ItemId item) {
  return database_.read([item](SqlConnection& connection) -> Result<std::vector<RecipientId>> {
    std::vector<RecipientId> found;
    FIT_CHECK(connection.query(
        "SELECT DISTINCT a.recipient_id FROM alerts a JOIN alert_deliveries d ON d.alert_id = a.id AND "
        "d.state = 'pending' WHERE a.item_id = $1",
        {item.value}, [&found](const SqlRow& row) { found.push_back(RecipientId{row.integer(0)}); }));
    return found;
  });
}

Result<bool> Alerts::hold(const std::string& holder, Timestamp time, Timestamp until) {
  return database_.write(Ordered::kUnordered, [&](SqlConnection& connection) -> Result<bool> {
    FIT_TRY(const std::int64_t changed,
            connection.execute(
                "UPDATE alert_matcher SET holder = $1, held_until = $2 WHERE id = 1 AND (holder = "
                "$1 OR held_until <= $3 OR held_until > $4)",
                // A holder whose time is far ahead had another clock.
                {std::string_view(holder), ticks(until), ticks(time), ticks(until + (until - time))}));
    return changed > 0;
  });
}

Result<bool> Alerts::store(const MatchedBatch& batch, Timestamp time) {
  return database_.write(Ordered::kUnordered, [&](SqlConnection& connection) -> Result<bool> {
    FIT_TRY(const std::int64_t changed,
            connection.execute("UPDATE alert_matcher SET position = $1, batch = batch + 1 WHERE id = 1 AND "
                               "position = $2 AND revision = $3 AND batch = $4",
                               {batch.to, batch.from, batch.revision, batch.number}));
    if (changed == 0) return false;
    for (const auto& [item, recipient] : batch.dropped) {
      FIT_CHECK(drop_alerts(connection, item, recipient, time));
    }
    for (const NewAlert& one : batch.alerts) FIT_CHECK(store_alert(connection, one, time));
    for (const SavedSearchId search : batch.caught_up) {
      FIT_CHECK(
          connection.execute("UPDATE saved_searches SET waiting_from = NULL WHERE id = $1", {search.value}));
    }
    FIT_CHECK(jobs::add_jobs(connection, delivery_jobs(batch.alerts, time)));
    return true;
  });
}

Result<std::vector<Alert>> Alerts::list(SavedSearchId search, std::int64_t before, std::size_t limit) {
  return database_.read([&](SqlConnection& connection) -> Result<std::vector<Alert>> {
    std::vector<Alert> found;
    FIT_CHECK(connection.query(
        fit::format(
            "SELECT {} FROM alert_searches s JOIN alerts a ON a.id = s.alert_id WHERE s.search_id = $1 "
            "AND s.alert_id < $2 ORDER BY s.alert_id DESC LIMIT $3",
            kAlertColumns),
        {search.value, before == 0 ? std::numeric_limits<std::int64_t>::max() : before,
         sql::sql_limit(limit)},
        [&found](const SqlRow& row) { found.push_back(read_alert(row)); }));
    return found;
  });
}

Result<std::unordered_map<SavedSearchId, Alerts::Summary>> Alerts::summaries(
    std::span<const SavedSearchId> searches) {
  return database_.read([&](SqlConnection& connection) -> Result<std::unordered_map<SavedSearchId, Summary>> {
    std::unordered_map<SavedSearchId, Summary> found;
    for (const SavedSearchId search : searches) {
      FIT_CHECK(connection.query(
          "SELECT COUNT(*), MAX(a.created_at) FROM alert_searches s JOIN alerts a ON a.id = s.alert_id WHERE "
          "s.search_id = $1",
          {search.value}, [&](const SqlRow& row) {
            found[search] = {.count = row.integer(0), .latest = sql::optional_time_at(row, 1)};
          }));
    }
    return found;
  });
}

Result<std::vector<DueAlert>> Alerts::claim(const Route& route, const Claim& claim, Timestamp time) {
  return database_.write(
      Ordered::kUnordered, [&](SqlConnection& connection) -> Result<std::vector<DueAlert>> {
        // A job that is over, or whose row is gone, does nothing more with what it has taken.
        FIT_CHECK(connection.execute(
            "UPDATE alert_deliveries SET claimed_by = $1 WHERE recipient_id = $2 AND channel = $3 AND state "
            "= 'pending' AND due_at <= $4 AND NOT EXISTS (SELECT 1 FROM jobs j WHERE j.id = "
            "alert_deliveries.claimed_by AND j.state IN ('waiting', 'delayed', 'running'))",
            {claim.job.value, route.recipient.value, std::string_view(route.channel), ticks(time)}));
        if (claim.instead_of) {
          FIT_CHECK(connection.execute(
              "UPDATE alert_deliveries SET claimed_by = $1, state = 'pending' WHERE claimed_by "
              "= $2 AND state IN ('failed', 'pending')",
              {claim.job.value, claim.instead_of->value}));
        }
        std::vector<DueAlert> found;
        FIT_CHECK(connection.query(
            fit::format(
                "SELECT {}, d.search_id FROM alert_deliveries d JOIN alerts a ON a.id = d.alert_id WHERE "
                "d.claimed_by = $1 AND d.state = 'pending' ORDER BY a.id LIMIT $2",
                kAlertColumns),
            {claim.job.value, sql::sql_limit(kMaxClaimed)}, [&found](const SqlRow& row) {
              found.push_back(
                  {.alert = read_alert(row), .search = SavedSearchId{row.integer(kAlertColumnCount)}});
            }));
        return found;
      });
}

Result<void> Alerts::end(const Route& route, std::span<const DueAlert> alerts, std::string_view state,
                         Timestamp time) {
  return database_.write(Ordered::kUnordered, [&](SqlConnection& connection) -> Result<void> {
    for (const DueAlert& one : alerts) {
      FIT_CHECK(connection.execute(
          "UPDATE alert_deliveries SET state = $1, ended_at = $2 WHERE alert_id = $3 AND channel = $4",
          {state, ticks(time), one.alert.id.value, std::string_view(route.channel)}));
    }
    return {};
  });
}

Result<void> Alerts::postpone(const Route& route, jobs::JobId job, Timestamp until) {
  return database_.write(Ordered::kUnordered, [&](SqlConnection& connection) -> Result<void> {
    FIT_CHECK(connection.execute(
        "UPDATE alert_deliveries SET due_at = $1, claimed_by = 0 WHERE claimed_by = $2 AND state = 'pending'",
        {ticks(until), job.value}));
    FIT_CHECK(jobs::add_job(connection, delivery_job(route, until)));
    return {};
  });
}

Result<void> Alerts::release(jobs::JobId job) {
  return database_.write(Ordered::kUnordered, [job](SqlConnection& connection) -> Result<void> {
    FIT_CHECK(connection.execute(
        "UPDATE alert_deliveries SET claimed_by = 0 WHERE claimed_by = $1 AND state = 'pending'",
        {job.value}));
    return {};
  });
}

Result<void> Alerts::prune(Timestamp alerts_before, Timestamp recipients_before) {
  return database_.write(Ordered::kUnordered, [&](SqlConnection& connection) -> Result<void> {
    FIT_CHECK(connection.execute("DELETE FROM alerts WHERE created_at < $1", {ticks(alerts_before)}));
    FIT_CHECK(connection.execute(
        "DELETE FROM alert_recipients WHERE user_id IS NULL AND email <> '' AND confirmed_at IS NULL AND "
        "created_at < $1",
        {ticks(recipients_before)}));
    FIT_CHECK(connection.execute("DELETE FROM sent_messages WHERE sent_at < $1", {ticks(recipients_before)}));
    return {};
  });
}

}  // namespace fit::alerts
