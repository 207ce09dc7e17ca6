#pragma once

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/ids.h"
#include "base/json.h"
#include "base/metrics.h"
#include "base/result.h"

namespace fit::monitor {

using AlertRuleId = Id<struct AlertRuleTag>;
using AlarmId = Id<struct AlarmTag>;

// What must hold of a metric for a rule to raise an alarm.
struct AlertCondition {
  enum class Kind : std::uint8_t {
    kThreshold,  // "threshold": the value is above or below a number
    kRate,       // "rate": so is the increase of a counter in a second, on the average of the window
    kAbsence,    // "absence": no series matches
  };
  // How the values of several series become one. A rate is always that of the sum.
  enum class Aggregate : std::uint8_t { kSum, kMax, kMin };

  Kind kind = Kind::kThreshold;
  std::string metric;  // the name of a series: a histogram has NAME_count and others
  // By the name of a label: the texts of which its value must be one. A text that ends in "*" stands for all
  // values that begin with the rest. A series without the label has the value "".
  std::map<std::string, std::vector<std::string>> labels = {};
  Aggregate aggregate = Aggregate::kSum;
  bool is_above = true;  // false: below
  double threshold = 0;
  std::chrono::seconds window{300};  // of a rate

  bool matches(std::string_view name, const Labels& labels_of_series) const;
  // The condition for people, in one line: "sum of queue_dead_letters above 10".
  std::string text() const;
  friend bool operator==(const AlertCondition&, const AlertCondition&) = default;
};
inline constexpr std::array<std::string_view, 3> kConditionNames = {"threshold", "rate", "absence"};
inline constexpr std::array<std::string_view, 3> kAggregateNames = {"sum", "max", "min"};

// Where the notices of a rule go.
struct NoticeChannel {
  enum class Kind : std::uint8_t { kEmail, kWebhook, kNtfy };
  Kind kind = Kind::kEmail;
  std::string target;  // an e-mail address, the URL of a webhook or of a topic

  friend bool operator==(const NoticeChannel&, const NoticeChannel&) = default;
};
inline constexpr std::array<std::string_view, 3> kNoticeChannelNames = {"email", "webhook", "ntfy"};
std::string_view to_string(NoticeChannel::Kind kind);

// What an operator says of a rule.
struct AlertRuleOptions {
  static constexpr std::size_t kMaxChannels = 5;

  std::string name;
  AlertCondition condition;
  std::chrono::seconds hold{60};         // how long the condition must hold before the rule fires
  std::chrono::seconds keep_firing{60};  // how long it must not hold before the alarm ends
  std::chrono::seconds repeat_every{0};  // between notices while the rule fires; 0: one
  std::vector<NoticeChannel> channels = {};

  friend bool operator==(const AlertRuleOptions&, const AlertRuleOptions&) = default;
};

// Reads the options of a rule from a request. kInvalid naming the member for wrong, missing and unknown ones.
Result<AlertRuleOptions> parse_alert_rule(const Json& body);
// The options as the API and the table have them.
Json alert_rule_options_json(const AlertRuleOptions& options);
Json channel_json(const NoticeChannel& channel);
// Reads what channel_json() has written; kInvalid naming `field` otherwise.
Result<NoticeChannel> parse_notice_channel(const std::string& field, const Json& json);

enum class AlertState : std::uint8_t {
  kInactive,  // the condition does not hold
  kPending,   // it holds, not yet for long enough
  kFiring,
  kResolved,  // it does not hold since the end of the latest alarm
};
inline constexpr std::array<std::string_view, 4> kAlertStates = {"inactive", "pending", "firing", "resolved"};
std::string_view to_string(AlertState state);
// The state of a stored name; kInactive for an unknown one.
AlertState stored_alert_state(std::string_view name);

// What is known of a rule from one look to the next.
struct AlertRuleState {
  AlertState state = AlertState::kInactive;
  Timestamp since = {};                       // when the state began
  std::optional<Timestamp> clear_since = {};  // while firing: since when the condition does not hold
  std::optional<Timestamp> notified_at = {};  // when the latest notice of the present alarm was made
  std::optional<double> value = {};           // at the latest change

  friend bool operator==(const AlertRuleState&, const AlertRuleState&) = default;
};

// A stored rule. A value type.
struct AlertRule {
  AlertRuleId id;
  AlertRuleOptions options;
  std::string created_by;  // the id of a principal
  Timestamp created_at = {};
  std::optional<Timestamp> silenced_until = {};  // no notices are made before this time
  AlertRuleState state;
  std::int64_t revision = 0;  // grows with each change of the row
};

// A time in which a rule fired. A value type.
struct Alarm {
  AlarmId id;
  AlertRuleId rule;  // it may be gone
  std::string rule_name;
  std::string condition;  // AlertCondition::text() at the beginning
  Timestamp started_at = {};
  std::optional<Timestamp> ended_at = {};  // nullopt: the rule fires
  std::optional<double> value = {};        // at the beginning; nullopt for an absence
  std::int64_t notices = 0;                // messages that were made, over all channels
};

Json alert_rule_json(const AlertRule& rule);
Json alarm_json(const Alarm& alarm);

}  // namespace fit::monitor
