// Reading the options of a rule from JSON.
#include <algorithm>
#include <cmath>

#include "accounts/one_line.h"
#include "accounts/users.h"
#include "base/format.h"
#include "base/json_reader.h"
#include "base/text.h"
#include "monitor/alert_rule.h"
#include "net/url.h"
#include "notify/ntfy.h"

namespace fit::monitor {
namespace {

constexpr std::size_t kMaxRuleNameBytes = 200;
constexpr std::size_t kMaxMetricBytes = 200;
constexpr std::size_t kMaxMatchers = 10;
constexpr std::size_t kMaxMatcherValues = 20;
constexpr std::size_t kMaxMatcherBytes = 200;
constexpr std::size_t kMaxTargetBytes = 1'000;
constexpr std::int64_t kLongestSeconds = std::int64_t{24} * 3'600;
constexpr std::int64_t kShortestRepeat = 60;
constexpr std::int64_t kLongestRepeat = std::int64_t{7} * 24 * 3'600;

bool is_name_of_prometheus(std::string_view text, bool may_have_colon) {
  const auto is_inner = [may_have_colon](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || is_digit(c) || c == '_' ||
           (may_have_colon && c == ':');
  };
  return !text.empty() && text.size() <= kMaxMetricBytes && !is_digit(text.front()) &&
         std::ranges::all_of(text, is_inner);
}

std::chrono::seconds seconds_of(JsonReader& reader, const std::string& key, std::chrono::seconds fallback,
                                std::int64_t least, std::int64_t most) {
  if (reader.find(key) == nullptr) return fallback;
  return std::chrono::seconds(reader.integer(key, least, most));
}

// The position of an optional member among the choices, the first of which is the default.
std::size_t choice_of(JsonReader& reader, const std::string& key,
                      std::initializer_list<std::string_view> choices) {
  return reader.find(key) == nullptr ? 0 : reader.choice(key, choices);
}

std::vector<std::string> matcher_values(JsonReader& reader, const std::string& label, const Json& value) {
  std::vector<std::string> values;
  const auto fail = [&] {
    reader.fail("labels." + label, "must be a text of at most 200 bytes, or a list of 1 to 20 of them");
    return std::vector<std::string>();
  };
  const Json list = value.is_array() ? value : Json::array({value});
  if (list.empty() || list.size() > kMaxMatcherValues) return fail();
  for (const Json& one : list) {
    if (!one.is_string()) return fail();
    values.push_back(one.get<std::string>());
    if (values.back().size() > kMaxMatcherBytes || !accounts::is_one_line(values.back())) return fail();
  }
  return values;
}

void read_matchers(JsonReader& reader, AlertCondition& condition) {
  const Json* const labels = reader.find("labels");
  if (labels == nullptr) return;
  if (!labels->is_object() || labels->size() > kMaxMatchers) {
    reader.fail("labels", "must be an object with at most 10 labels");
    return;
  }
  for (const auto& [name, value] : labels->items()) {
    if (!is_name_of_prometheus(name, false)) {
      reader.fail("labels", fit::format("\"{}\" is no name of a label", utf8_prefix(name, 100)));
      return;
    }
    condition.labels.emplace(name, matcher_values(reader, name, value));
  }
}

AlertCondition read_condition(JsonReader& reader) {
  using Kind = AlertCondition::Kind;
  AlertCondition condition;
  condition.metric = reader.text("metric");
  if (!condition.metric.empty() && !is_name_of_prometheus(condition.metric, true)) {
    reader.fail("metric",
                "must be the name of a metric: letters, digits, \"_\" and \":\", at most 200 bytes");
  }
  read_matchers(reader, condition);
  condition.kind = static_cast<Kind>(choice_of(reader, "condition", {"threshold", "rate", "absence"}));
  if (condition.kind == Kind::kAbsence) return condition;
  condition.is_above = choice_of(reader, "comparison", {"above", "below"}) == 0;
  const Json* const threshold = reader.require("threshold");
  if (threshold != nullptr && threshold->is_number() && std::isfinite(threshold->get<double>())) {
    condition.threshold = threshold->get<double>();
  } else if (threshold != nullptr) {
    reader.fail("threshold", "must be a number");
  }
  if (condition.kind == Kind::kThreshold) {
    condition.aggregate =
        static_cast<AlertCondition::Aggregate>(choice_of(reader, "aggregate", {"sum", "max", "min"}));
  } else {
    condition.window = seconds_of(reader, "window_s", condition.window, 10, kLongestSeconds);
  }
  return condition;
}

Result<void> read_notice_channels(const Json* list, AlertRuleOptions& options) {
  if (list == nullptr) return {};
  if (!list->is_array() || list->size() > AlertRuleOptions::kMaxChannels) {
    return invalid("channels", "must be a list of at most 5 channels");
  }
  for (std::size_t i = 0; i < list->size(); ++i) {
    FIT_TRY(NoticeChannel channel, parse_notice_channel(fit::format("channels[{}]", i), (*list)[i]));
    if (std::ranges::contains(options.channels, channel)) return invalid("channels", "names a channel twice");
    options.channels.push_back(std::move(channel));
  }
  return {};
}

}  // namespace

Result<NoticeChannel> parse_notice_channel(const std::string& field, const Json& json) {
  if (!json.is_object()) return invalid(field, "must be an object");
  JsonReader reader(json, field);
  NoticeChannel channel;
  channel.kind = static_cast<NoticeChannel::Kind>(reader.choice("type", {"email", "webhook", "ntfy"}));
  const bool is_mail = channel.kind == NoticeChannel::Kind::kEmail;
  channel.target = reader.text(is_mail ? "address" : "url");
  FIT_CHECK(reader.finish());
  if (is_mail) {
    FIT_TRY(channel.target, accounts::parse_email(field + ".address", channel.target));
    return channel;
  }
  const bool is_url = channel.target.size() <= kMaxTargetBytes && !channel.target.contains(' ') &&
                      net::parse_url(channel.target).has_value();
  if (!is_url) return invalid(field + ".url", "must be an http or https URL of at most 1,000 bytes");
  if (channel.kind == NoticeChannel::Kind::kNtfy) {
    FIT_CHECK(notify::check_topic_url(field + ".url", channel.target));
  }
  return channel;
}

Result<AlertRuleOptions> parse_alert_rule(const Json& body) {
  if (!body.is_object()) return invalid("body", "must be an object");
  JsonReader reader(body);
  AlertRuleOptions options;
  options.name = trim(reader.text("name"));
  if (reader.ok() && (options.name.empty() || options.name.size() > kMaxRuleNameBytes ||
                      !accounts::is_one_line(options.name))) {
    reader.fail("name", "must be a text of 1 to 200 bytes in one line");
  }
  options.condition = read_condition(reader);
  options.hold = seconds_of(reader, "for_s", options.hold, 0, kLongestSeconds);
  options.keep_firing = seconds_of(reader, "keep_firing_s", options.keep_firing, 0, kLongestSeconds);
  options.repeat_every = seconds_of(reader, "repeat_s", options.repeat_every, 0, kLongestRepeat);
  if (options.repeat_every.count() > 0 && options.repeat_every.count() < kShortestRepeat) {
    reader.fail("repeat_s", "must be 0, or from 60 on");
  }
  const Json* const channels = reader.find("channels");
  FIT_CHECK(reader.finish());
  FIT_CHECK(read_notice_channels(channels, options));
  return options;
}

}  // namespace fit::monitor
