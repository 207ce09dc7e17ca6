#include "monitor/alert_rule_store.h"

#include <initializer_list>
#include <string>
#include <utility>

#include "base/format.h"
#include "jobs/add_jobs.h"
#include "monitor/alert_notice.h"
#include "sql/sql_times.h"

namespace fit::monitor {
namespace {

using sql::Ordering;
using sql::SqlConnection;
using sql::SqlRow;
using sql::SqlValue;

SqlValue nullable_time(const std::optional<Timestamp>& time) {
  return time ? SqlValue(sql::ticks(*time)) : SqlValue();
}

// A row whose options nobody can read, such as those of a later version, has no channel and never fires.
AlertRule read_alert_rule(const SqlRow& row) {
  AlertRule rule;
  rule.id = AlertRuleId{row.integer(0)};
  const auto json = parse_json("options", row.text(2));
  if (json) {
    if (auto options = parse_alert_rule(*json)) rule.options = *std::move(options);
  }
  rule.options.name = row.text(1);
  rule.created_by = row.text(3);
  rule.created_at = sql::time_at(row, 4);
  rule.silenced_until = sql::optional_time_at(row, 5);
  rule.state = {.state = stored_alert_state(row.text(6)),
                .since = sql::time_at(row, 7),
                .clear_since = sql::optional_time_at(row, 8),
                .notified_at = sql::optional_time_at(row, 9),
                .value = sql::optional_real(row, 10)};
  rule.revision = row.integer(11);
  return rule;
}

Result<std::vector<AlertRule>> select_rules(SqlConnection& connection, std::string_view condition,
                                            std::initializer_list<SqlValue> values) {
  std::vector<AlertRule> found;
  FIT_CHECK(connection.query(
      fit::format("SELECT id, name, options, created_by, created_at, silenced_until, state, since, "
                  "clear_since, notified_at, value, revision FROM alert_rules {}",
                  condition),
      values, [&found](const SqlRow& row) { found.push_back(read_alert_rule(row)); }));
  return found;
}

Result<AlertRule> find_rule(SqlConnection& connection, AlertRuleId id) {
  FIT_TRY(auto found, select_rules(connection, "WHERE id = $1", {id.value}));
  if (found.empty()) return not_found("there is no alert rule " + id.str());
  return std::move(found.front());
}

Result<void> end_alarm(SqlConnection& connection, AlertRuleId rule, Timestamp time) {
  FIT_CHECK(connection.execute("UPDATE alarms SET ended_at = $2 WHERE rule_id = $1 AND ended_at IS NULL",
                               {rule.value, sql::ticks(time)}));
  return {};
}

Result<void> begin_alarm(SqlConnection& connection, const AlertRule& rule, const AlertStep& step,
                         Timestamp time) {
  const std::string condition = rule.options.condition.text();
  FIT_CHECK(connection.execute(
      "INSERT INTO alarms (rule_id, rule_name, condition, started_at, ended_at, value, notices) "
      "VALUES ($1, $2, $3, $4, NULL, $5, 0)",
      {rule.id.value, std::string_view(rule.options.name), std::string_view(condition), sql::ticks(time),
       sql::nullable(step.next.value)}));
  FIT_CHECK(connection.execute("DELETE FROM alarms WHERE ended_at < $1",
                               {sql::ticks(time - AlertRuleStore::kKeepAlarms)}));
  FIT_CHECK(connection.execute(
      "DELETE FROM alarms WHERE ended_at IS NOT NULL AND id <= (SELECT MAX(id) FROM alarms) - $1",
      {AlertRuleStore::kMaxAlarms}));
  return {};
}

Result<Alarm> latest_alarm(SqlConnection& connection, AlertRuleId rule) {
  Alarm alarm{.id = {}, .rule = rule, .rule_name = {}, .condition = {}};
  FIT_CHECK(connection.query("SELECT id, started_at FROM alarms WHERE rule_id = $1 ORDER BY id DESC LIMIT 1",
                             {rule.value}, [&alarm](const SqlRow& row) {
                               alarm.id = AlarmId{row.integer(0)};
                               alarm.started_at = sql::time_at(row, 1);
                             }));
  return alarm;
}

// Adds the jobs that send a notice.
Result<void> add_notices(SqlConnection& connection, const AlertRule& rule, const AlertStep& step,
                         Timestamp time) {
  FIT_TRY(const Alarm alarm, latest_alarm(connection, rule.id));
  std::vector<jobs::NewJob> jobs;
  for (const NoticeChannel& channel : rule.options.channels) {
    jobs.push_back(notice_job(make_notice(rule, alarm, step, time), channel));
  }
  if (jobs.empty()) return {};
  FIT_CHECK(jobs::add_jobs(connection, jobs, now()));
  FIT_CHECK(connection.execute("UPDATE alarms SET notices = notices + $2 WHERE id = $1",
                               {alarm.id.value, static_cast<std::int64_t>(jobs.size())}));
  return {};
}

Alarm read_alarm(const SqlRow& row) {
  Alarm alarm;
  alarm.id = AlarmId{row.integer(0)};
  alarm.rule = AlertRuleId{row.integer(1)};
  alarm.rule_name = row.text(2);
  alarm.condition = row.text(3);
  alarm.started_at = sql::time_at(row, 4);
  alarm.ended_at = sql::optional_time_at(row, 5);
  alarm.value = sql::optional_real(row, 6);
  alarm.notices = row.integer(7);
  return alarm;
}

}  // namespace

Result<AlertRule> AlertRuleStore::add(const AlertRuleOptions& options, const std::string& created_by,
                                      Timestamp time) {
  return database_.write(Ordering::kUnordered, [&](SqlConnection& connection) -> Result<AlertRule> {
    FIT_TRY(const auto count, connection.query_integer("SELECT COUNT(*) FROM alert_rules", {}));
    if (count.value_or(0) >= static_cast<std::int64_t>(kMaxRules)) {
      return Error{ErrorCode::kConflict,
                   fit::format("there are {} rules already; remove one first", kMaxRules),
                   "alert_rules",
                   {}};
    }
    const std::string text = dump_json(alert_rule_options_json(options));
    AlertRuleId id;
    FIT_CHECK(connection.query(
        "INSERT INTO alert_rules (name, options, created_by, created_at, state, since, revision) "
        "VALUES ($1, $2, $3, $4, 'inactive', $4, 1) RETURNING id",
        {std::string_view(options.name), std::string_view(text), std::string_view(created_by),
         sql::ticks(time)},
        [&id](const SqlRow& row) { id = AlertRuleId{row.integer(0)}; }));
    return find_rule(connection, id);
  });
}

Result<std::vector<AlertRule>> AlertRuleStore::list() {
  return database_.read(
      [](SqlConnection& connection) { return select_rules(connection, "ORDER BY id", {}); });
}

Result<AlertRule> AlertRuleStore::get(AlertRuleId id) {
  return database_.read([id](SqlConnection& connection) { return find_rule(connection, id); });
}

Result<AlertRule> AlertRuleStore::replace(AlertRuleId id, const AlertRuleOptions& options, Timestamp time) {
  return database_.write(Ordering::kUnordered, [&](SqlConnection& connection) -> Result<AlertRule> {
    const std::string text = dump_json(alert_rule_options_json(options));
    // Locks the row where several write at a time.
    FIT_CHECK(connection.execute("UPDATE alert_rules SET revision = revision + 1 WHERE id = $1", {id.value}));
    FIT_TRY(const AlertRule before, find_rule(connection, id));
    FIT_CHECK(connection.execute("UPDATE alert_rules SET name = $2, options = $3 WHERE id = $1",
                                 {id.value, std::string_view(options.name), std::string_view(text)}));
    if (before.options.condition != options.condition) {
      FIT_CHECK(end_alarm(connection, id, time));
      FIT_CHECK(connection.execute(
          "UPDATE alert_rules SET state = 'inactive', since = $2, clear_since = NULL, notified_at = NULL, "
          "value = NULL WHERE id = $1",
          {id.value, sql::ticks(time)}));
    }
    return find_rule(connection, id);
  });
}

Result<AlertRule> AlertRuleStore::silence(AlertRuleId id, std::optional<Timestamp> until) {
  return database_.write(Ordering::kUnordered, [&](SqlConnection& connection) -> Result<AlertRule> {
    FIT_CHECK(connection.execute(
        "UPDATE alert_rules SET silenced_until = $2, revision = revision + 1 WHERE id = $1",
        {id.value, nullable_time(until)}));
    return find_rule(connection, id);
  });
}

Result<void> AlertRuleStore::remove(AlertRuleId id, Timestamp time) {
  return database_.write(Ordering::kUnordered, [&](SqlConnection& connection) -> Result<void> {
    FIT_TRY(const std::int64_t removed,
            connection.execute("DELETE FROM alert_rules WHERE id = $1", {id.value}));
    if (removed == 0) return not_found("there is no alert rule " + id.str());
    return end_alarm(connection, id, time);
  });
}

Result<bool> AlertRuleStore::apply(const AlertRule& rule, const AlertStep& step, Timestamp time) {
  return database_.write(Ordering::kUnordered, [&](SqlConnection& connection) -> Result<bool> {
    const AlertRuleState& next = step.next;
    FIT_TRY(
        const std::int64_t changed,
        connection.execute(
            "UPDATE alert_rules SET state = $3, since = $4, clear_since = $5, notified_at = $6, "
            "value = $7, revision = revision + 1 WHERE id = $1 AND revision = $2",
            {rule.id.value, rule.revision, to_string(next.state), sql::ticks(next.since),
             nullable_time(next.clear_since), nullable_time(next.notified_at), sql::nullable(next.value)}));
    if (changed == 0) return false;
    if (step.begins_alarm) FIT_CHECK(begin_alarm(connection, rule, step, time));
    if (step.ends_alarm) FIT_CHECK(end_alarm(connection, rule.id, time));
    if (step.notice) FIT_CHECK(add_notices(connection, rule, step, time));
    return true;
  });
}

Result<std::vector<Alarm>> AlertRuleStore::alarms(const AlarmQuery& query) {
  std::string conditions = "WHERE (rule_id = $1 OR $1 = 0) AND (id < $2 OR $2 = 0)";
  if (query.is_firing) conditions += *query.is_firing ? " AND ended_at IS NULL" : " AND ended_at IS NOT NULL";
  return database_.read([&](SqlConnection& connection) -> Result<std::vector<Alarm>> {
    std::vector<Alarm> found;
    FIT_CHECK(connection.query(
        fit::format("SELECT id, rule_id, rule_name, condition, started_at, ended_at, value, notices "
                    "FROM alarms {} ORDER BY id DESC LIMIT $3",
                    conditions),
        {query.rule ? query.rule->value : std::int64_t{0}, query.before, sql::sql_limit(query.limit)},
        [&found](const SqlRow& row) { found.push_back(read_alarm(row)); }));
    return found;
  });
}

Result<bool> AlertRuleStore::hold_watch(std::int64_t owner, Timestamp time, std::chrono::microseconds lease) {
  return database_.write(Ordering::kUnordered, [&](SqlConnection& connection) -> Result<bool> {
    FIT_TRY(const std::int64_t taken,
            connection.execute(
                "INSERT INTO alert_rule_watch (name, owner, lease_until) VALUES ('rules', $1, $2) "
                "ON CONFLICT (name) DO UPDATE SET owner = excluded.owner, lease_until = excluded.lease_until "
                "WHERE alert_rule_watch.owner = $1 OR alert_rule_watch.lease_until <= $3",
                {owner, sql::ticks(time) + lease.count(), sql::ticks(time)}));
    return taken > 0;
  });
}

Result<void> AlertRuleStore::leave_watch(std::int64_t owner) {
  return database_.write(Ordering::kUnordered, [owner](SqlConnection& connection) -> Result<void> {
    FIT_CHECK(connection.execute("UPDATE alert_rule_watch SET lease_until = 0 WHERE owner = $1", {owner}));
    return {};
  });
}

}  // namespace fit::monitor
