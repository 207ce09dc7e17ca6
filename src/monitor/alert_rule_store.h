#pragma once

#include <chrono>
#include <cstddef>
#include <optional>
#include <vector>

#include "base/result.h"
#include "jobs/job.h"
#include "monitor/alert_evaluation.h"
#include "monitor/alert_rule.h"
#include "sql/database.h"

namespace fit::monitor {

// The rules of a database with their states, and their alarms. Thread-safe; calls block. Errors besides those
// named: as for sql::Database. Borrows the database.
class AlertRuleStore {
 public:
  static constexpr std::size_t kMaxRules = 200;
  static constexpr std::int64_t kMaxAlarms = 10'000;   // the oldest ones that have ended go first
  static constexpr std::chrono::days kKeepAlarms{90};  // after their end

  explicit AlertRuleStore(sql::Database& database) : database_(database) {}

  // kConflict naming "alert_rules" beyond kMaxRules.
  Result<AlertRule> add(const AlertRuleOptions& options, const std::string& created_by, Timestamp time);
  // By id.
  Result<std::vector<AlertRule>> list();
  // kNotFound.
  Result<AlertRule> get(AlertRuleId id);
  // Replaces the options. Where the condition differs, the rule begins again as inactive, and its present
  // alarm ends. kNotFound.
  Result<AlertRule> replace(AlertRuleId id, const AlertRuleOptions& options, Timestamp time);
  // nullopt: the silence ends. kNotFound.
  Result<AlertRule> silence(AlertRuleId id, std::optional<Timestamp> until);
  // Ends the present alarm. kNotFound.
  Result<void> remove(AlertRuleId id, Timestamp time);

  // Stores what became of a rule: its state, the beginning or the end of its alarm, and a job for each
  // channel of a notice, all in one transaction. False when the rule was changed or removed since `rule` was
  // read: nothing is stored then, and the next look has the new rule.
  Result<bool> apply(const AlertRule& rule, const AlertStep& step, Timestamp time);

  // Which alarms are listed, the latest first.
  struct AlarmQuery {
    std::optional<AlertRuleId> rule = {};  // nullopt: of all
    std::optional<bool> is_firing = {};    // nullopt: all
    std::int64_t before = 0;               // alarms with smaller ids; 0: all
    std::size_t limit = 100;
  };
  Result<std::vector<Alarm>> alarms(const AlarmQuery& query);

  // Takes or extends the lease of the process that judges the rules: true where it is `owner`'s until
  // `time` + `lease`.
  Result<bool> hold_watch(std::int64_t owner, Timestamp time, std::chrono::microseconds lease);
  // Ends the lease of `owner`, if it has it.
  Result<void> leave_watch(std::int64_t owner);

 private:
  sql::Database& database_;
};

}  // namespace fit::monitor
