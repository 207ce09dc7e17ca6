#include "monitor/alert_rule.h"

#include <algorithm>

#include "base/format.h"

namespace fit::monitor {
namespace {

// Whether a value is that of a matcher: the text, or what begins like a text that ends in "*".
bool is_matched(std::string_view wanted, std::string_view value) {
  if (wanted.ends_with('*')) return value.starts_with(wanted.substr(0, wanted.size() - 1));
  return wanted == value;
}

std::string labels_text(const AlertCondition& condition) {
  if (condition.labels.empty()) return "";
  std::string text;
  for (const auto& [name, values] : condition.labels) {
    text += (text.empty() ? "" : ", ") + name + "=";
    for (std::size_t i = 0; i < values.size(); ++i) text += (i == 0 ? "" : "|") + values[i];
  }
  return "{" + text + "}";
}

Json time_json(const std::optional<Timestamp>& time) {
  return time ? Json(to_rfc3339(*time)) : Json(nullptr);
}

Json value_json(const std::optional<double>& value) {
  return value ? Json(*value) : Json(nullptr);
}

}  // namespace

std::string_view to_string(NoticeChannel::Kind kind) {
  return kNoticeChannelNames.at(static_cast<std::size_t>(kind));
}

std::string_view to_string(AlertState state) {
  return kAlertStates.at(static_cast<std::size_t>(state));
}

AlertState stored_alert_state(std::string_view name) {
  const auto* const found = std::ranges::find(kAlertStates, name);
  if (found == kAlertStates.end()) return AlertState::kInactive;
  return static_cast<AlertState>(found - kAlertStates.begin());
}

bool AlertCondition::matches(std::string_view name, const Labels& labels_of_series) const {
  if (name != metric) return false;
  return std::ranges::all_of(labels, [&labels_of_series](const auto& matcher) {
    const auto found = labels_of_series.find(matcher.first);
    const std::string_view value = found == labels_of_series.end() ? std::string_view() : found->second;
    return std::ranges::any_of(matcher.second,
                               [value](const std::string& wanted) { return is_matched(wanted, value); });
  });
}

std::string AlertCondition::text() const {
  const std::string series = metric + labels_text(*this);
  if (kind == Kind::kAbsence) return "no " + series;
  const std::string limit = fit::format("{} {:g}", is_above ? "above" : "below", threshold);
  if (kind == Kind::kRate)
    return fit::format("rate of {} in {} s {} per second", series, window.count(), limit);
  return fit::format("{} of {} {}", kAggregateNames.at(static_cast<std::size_t>(aggregate)), series, limit);
}

Json channel_json(const NoticeChannel& channel) {
  return {{"type", to_string(channel.kind)},
          {channel.kind == NoticeChannel::Kind::kEmail ? "address" : "url", channel.target}};
}

Json alert_rule_options_json(const AlertRuleOptions& options) {
  const AlertCondition& condition = options.condition;
  Json json{{"name", options.name},
            {"metric", condition.metric},
            {"labels", condition.labels},
            {"condition", kConditionNames.at(static_cast<std::size_t>(condition.kind))}};
  if (condition.kind != AlertCondition::Kind::kAbsence) {
    json["comparison"] = condition.is_above ? "above" : "below";
    json["threshold"] = condition.threshold;
  }
  if (condition.kind == AlertCondition::Kind::kThreshold) {
    json["aggregate"] = kAggregateNames.at(static_cast<std::size_t>(condition.aggregate));
  }
  if (condition.kind == AlertCondition::Kind::kRate) json["window_s"] = condition.window.count();
  json["for_s"] = options.hold.count();
  json["keep_firing_s"] = options.keep_firing.count();
  json["repeat_s"] = options.repeat_every.count();
  json["channels"] = Json::array();
  for (const NoticeChannel& channel : options.channels) json["channels"].push_back(channel_json(channel));
  return json;
}

Json alert_rule_json(const AlertRule& rule) {
  Json json{{"id", rule.id.str()}};
  json.update(alert_rule_options_json(rule.options));
  json["state"] = to_string(rule.state.state);
  json["since"] = to_rfc3339(rule.state.since);
  json["value"] = value_json(rule.state.value);
  json["silenced_until"] = time_json(rule.silenced_until);
  json["created_by"] = rule.created_by;
  json["created_at"] = to_rfc3339(rule.created_at);
  return json;
}

Json alarm_json(const Alarm& alarm) {
  return {{"id", alarm.id.str()},
          {"rule_id", alarm.rule.str()},
          {"rule", alarm.rule_name},
          {"condition", alarm.condition},
          {"state", to_string(alarm.ended_at ? AlertState::kResolved : AlertState::kFiring)},
          {"started_at", to_rfc3339(alarm.started_at)},
          {"ended_at", time_json(alarm.ended_at)},
          {"value", value_json(alarm.value)},
          {"notices", alarm.notices}};
}

}  // namespace fit::monitor
