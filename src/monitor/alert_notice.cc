#include "monitor/alert_notice.h"

#include <chrono>

#include "base/format.h"
#include "base/hash.h"
#include "base/json_reader.h"
#include "notify/notification_keys.h"
#include "notify/ntfy.h"
#include "notify/webhook.h"

namespace fit::monitor {
namespace {

constexpr std::string_view kTestEvent = "test";
constexpr std::string_view kRuleWebhookKey = "alert_rules_webhook";
// About six hours with the delays of the queue.
constexpr std::int64_t kNoticeAttempts = 20;

std::string whole_seconds(Timestamp time) {
  return to_rfc3339(std::chrono::floor<std::chrono::seconds>(time));
}

}  // namespace

std::string RuleNotice::title() const {
  if (event == kTestEvent) return "[test] " + rule;
  return fit::format("[{}] {}", event == to_string(Notice::kResolved) ? "resolved" : "firing", rule);
}

std::string RuleNotice::text() const {
  if (event == kTestEvent) {
    return fit::format("This is the test message of the alert rule \"{}\".\n\nCondition: {}\n", rule,
                       condition);
  }
  std::string text = fit::format("Condition: {}\n", condition);
  if (value) text += fit::format("Value: {:g}\n", *value);
  text += fit::format("Firing since: {}\n", whole_seconds(started_at));
  if (event == to_string(Notice::kResolved)) text += fit::format("Resolved at: {}\n", whole_seconds(at));
  return text;
}

Json RuleNotice::json() const {
  return {{"type", "alert_rule." + event},
          {"rule", {{"id", rule_id}, {"name", rule}}},
          {"alert_id", alarm_id.empty() ? Json(nullptr) : Json(alarm_id)},
          {"condition", condition},
          {"value", value ? Json(*value) : Json(nullptr)},
          {"at", to_rfc3339(at)},
          {"started_at", to_rfc3339(started_at)},
          {"title", title()},
          {"text", text()}};
}

std::string RuleNotice::id(const NoticeChannel& channel) const {
  const std::string key = fit::format("{} {} {} {} {} {}", rule_id, alarm_id, event, to_rfc3339(at),
                                      to_string(channel.kind), channel.target);
  return sha256_hex(as_bytes(key)).substr(0, 32);
}

RuleNotice make_notice(const AlertRule& rule, const Alarm& alarm, const AlertStep& step, Timestamp time) {
  return {.event = std::string(to_string(*step.notice)),
          .rule_id = rule.id.str(),
          .rule = rule.options.name,
          .alarm_id = alarm.id.str(),
          .condition = rule.options.condition.text(),
          .value = step.next.value,
          .at = time,
          .started_at = alarm.started_at};
}

RuleNotice test_notice(const AlertRule& rule, Timestamp time) {
  return {.event = std::string(kTestEvent),
          .rule_id = rule.id.str(),
          .rule = rule.options.name,
          .alarm_id = {},
          .condition = rule.options.condition.text(),
          .value = {},
          .at = time,
          .started_at = time};
}

jobs::NewJob notice_job(const RuleNotice& notice, const NoticeChannel& channel) {
  jobs::NewJob job;
  job.kind = kNoticeJob;
  job.payload = dump_json({{"event", notice.event},
                           {"rule_id", notice.rule_id},
                           {"rule", notice.rule},
                           {"alarm_id", notice.alarm_id},
                           {"condition", notice.condition},
                           {"value", notice.value ? Json(*notice.value) : Json(nullptr)},
                           {"at", to_rfc3339(notice.at)},
                           {"started_at", to_rfc3339(notice.started_at)},
                           {"channel", channel_json(channel)}});
  job.submitter = "alert-rule:" + notice.rule_id;
  job.unique_key = notice.id(channel);
  job.max_attempts = kNoticeAttempts;
  return job;
}

Result<NoticeToSend> parse_notice_job(std::string_view payload) {
  FIT_TRY(const Json json, parse_json("payload", payload));
  JsonReader reader(json);
  NoticeToSend sent;
  sent.notice.event = reader.text("event");
  sent.notice.rule_id = reader.text("rule_id");
  sent.notice.rule = reader.text("rule");
  sent.notice.alarm_id = reader.text("alarm_id");
  sent.notice.condition = reader.text("condition");
  const Json* const value = reader.find("value");
  if (value != nullptr && value->is_number()) sent.notice.value = value->get<double>();
  const std::string at = reader.text("at");
  const std::string started_at = reader.text("started_at");
  const Json* const channel = reader.require("channel");
  FIT_CHECK(reader.finish());
  FIT_TRY(sent.notice.at, parse_rfc3339("at", at));
  FIT_TRY(sent.notice.started_at, parse_rfc3339("started_at", started_at));
  FIT_TRY(sent.channel, parse_notice_channel("channel", *channel));
  return sent;
}

Result<std::string> NoticeSender::webhook_secret() const {
  return notify::notification_key(parts_.database, kRuleWebhookKey,
                                  [] { return Result<std::string>(notify::make_webhook_secret()); });
}

Result<void> NoticeSender::send(const RuleNotice& notice, const NoticeChannel& channel,
                                const std::stop_token& stop) const {
  switch (channel.kind) {
    case NoticeChannel::Kind::kEmail:
      if (parts_.mail == nullptr) {
        return Error{ErrorCode::kUnavailable, "this process sends no mail: SMTP_URL is not set", {}, {}};
      }
      return parts_.mail->send(
          {.to = channel.target, .subject = notice.title(), .body = notice.text(), .id = notice.id(channel)},
          stop);
    case NoticeChannel::Kind::kWebhook: {
      FIT_TRY(const std::string secret, webhook_secret());
      return notify::send_webhook(
          parts_.http, {.url = channel.target, .id = notice.id(channel), .body = dump_json(notice.json())},
          secret, stop);
    }
    case NoticeChannel::Kind::kNtfy:
      return notify::send_ntfy(
          parts_.http, {.topic_url = channel.target, .title = notice.title(), .text = notice.text()}, stop);
  }
  return internal("the notice has no channel", {});
}

}  // namespace fit::monitor
