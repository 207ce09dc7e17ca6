#include "monitor/alert_rule_service.h"

#include <algorithm>
#include <array>

#include "jobs/job_rows.h"

namespace fit::monitor {
namespace {

// A lease outlives this many looks that fail or come late.
constexpr int kLooksOfLease = 4;

// Some metrics are there only some time after the start of a process. Until then, a threshold of which no
// series is there says nothing, so that a restart ends no alarm.
constexpr std::chrono::seconds kSettling{60};

// A mail server or a webhook that is down comes back; the notices of other rules go on meanwhile.
jobs::ErrorClass class_of_notice(const Error& error) {
  switch (error.code) {
    case ErrorCode::kInvalid:
    case ErrorCode::kNotFound:
    case ErrorCode::kTooLarge:
      return jobs::ErrorClass::kBadInput;
    default:
      return jobs::ErrorClass::kTransient;
  }
}

}  // namespace

AlertRuleService::AlertRuleService(Parts parts)
    : parts_(std::move(parts)),
      store_(parts_.database),
      sender_({.database = parts_.database, .http = parts_.http, .mail = parts_.mail}),
      owner_(jobs::random_number()) {
  show({});
}

void AlertRuleService::start(std::chrono::seconds interval) {
  task_.start([this, interval](const std::stop_token&) {
    while (task_.wait_for(interval)) {
      if (const auto looked = look(interval * kLooksOfLease); !looked) {
        parts_.log.error("alert rules are not judged", looked.error());
      }
    }
  });
}

void AlertRuleService::stop() {
  task_.stop();
  const std::lock_guard lock(mutex_);
  if (held_until_ <= time()) return;
  held_until_ = {};
  // If it fails, the lease ends by itself.
  [[maybe_unused]] const auto left = store_.leave_watch(owner_);
}

Result<bool> AlertRuleService::look(std::chrono::seconds lease) {
  const std::lock_guard lock(mutex_);
  FIT_TRY(auto rules, store_.list());
  const Timestamp time = this->time();
  if (!first_look_) first_look_ = time;
  // Reading all metrics takes milliseconds, and a server without rules has no use for it.
  const auto samples = rules.empty() ? std::vector<Sample>() : parse_exposition(parts_.metrics.expose());
  feed(rules, samples, time);
  bool is_judge = false;
  if (!rules.empty()) {
    FIT_TRY(is_judge, hold_watch(time, lease));
  }
  if (is_judge) FIT_CHECK(judge_all(rules, samples, time));
  show(rules);
  return is_judge;
}

void AlertRuleService::feed(const std::vector<AlertRule>& rules, const std::vector<Sample>& samples,
                            Timestamp time) {
  std::erase_if(windows_, [&rules](const auto& window) {
    return std::ranges::none_of(rules, [&window](const AlertRule& rule) {
      return rule.id.value == window.first && rule.options.condition == window.second.condition;
    });
  });
  for (const AlertRule& rule : rules) {
    const AlertCondition& condition = rule.options.condition;
    if (condition.kind != AlertCondition::Kind::kRate) continue;
    const auto window =
        windows_
            .try_emplace(rule.id.value, Window{.condition = condition, .rates = RateWindow(condition.window)})
            .first;
    window->second.rates.add(matching(condition, samples), time);
  }
}

Reading AlertRuleService::read(const AlertRule& rule, const std::vector<Sample>& samples,
                               Timestamp time) const {
  const AlertCondition& condition = rule.options.condition;
  if (condition.metric.empty()) return {};  // of a later version
  if (condition.kind != AlertCondition::Kind::kRate) {
    const auto matched = matching(condition, samples);
    const bool is_settling = first_look_ && time - *first_look_ < kSettling;
    if (matched.empty() && is_settling && condition.kind == AlertCondition::Kind::kThreshold) return {};
    return judge(condition, matched);
  }
  const auto window = windows_.find(rule.id.value);
  return window == windows_.end() ? Reading() : judge(condition, window->second.rates.rate());
}

Result<bool> AlertRuleService::hold_watch(Timestamp time, std::chrono::seconds lease) {
  const bool is_fresh = held_until_ > time + lease / 2 && held_until_ <= time + lease;
  if (is_fresh) return true;
  FIT_TRY(const bool holds, store_.hold_watch(owner_, time, lease));
  held_until_ = holds ? time + lease : Timestamp();
  return holds;
}

Result<void> AlertRuleService::judge_all(std::vector<AlertRule>& rules, const std::vector<Sample>& samples,
                                         Timestamp time) {
  bool has_notices = false;
  for (AlertRule& rule : rules) {
    const AlertStep step = next_step(rule, read(rule, samples, time), time);
    if (step.next == rule.state && !step.notice) continue;
    FIT_TRY(const bool is_applied, store_.apply(rule, step, time));
    if (!is_applied) continue;
    rule.state = step.next;
    has_notices = has_notices || step.notice.has_value();
    if (step.begins_alarm) {
      parts_.log.warning("an alert rule fires",
                         {{"rule", rule.options.name}, {"condition", rule.options.condition.text()}});
    }
    if (step.ends_alarm) parts_.log.info("an alert rule is resolved", {{"rule", rule.options.name}});
  }
  if (has_notices) parts_.queue.announce();
  return {};
}

void AlertRuleService::show(const std::vector<AlertRule>& rules) {
  std::array<double, kAlertStates.size()> counts{};
  for (const AlertRule& rule : rules) ++counts.at(static_cast<std::size_t>(rule.state.state));
  for (std::size_t i = 0; i < counts.size(); ++i) {
    parts_.metrics
        .gauge("fit_alert_rules", "Alert rules by their state", {{"state", std::string(kAlertStates.at(i))}})
        .set(counts.at(i));
  }
}

std::size_t AlertRuleService::matching_series(const AlertCondition& condition) const {
  return matching(condition, parse_exposition(parts_.metrics.expose())).size();
}

Result<void> AlertRuleService::test(const AlertRule& rule, const NoticeChannel& channel,
                                    const std::stop_token& stop) {
  return sender_.send(test_notice(rule, time()), channel, stop);
}

jobs::Handler AlertRuleService::handler() {
  return {.kind = std::string(kNoticeJob),
          .run = [this](const jobs::Job& job, const std::stop_token& stop) { return run(job, stop); },
          .concurrency = 1,  // servers that stall keep the other workers free
          .classify = class_of_notice};
}

Result<void> AlertRuleService::run(const jobs::Job& job, const std::stop_token& stop) {
  FIT_TRY(const NoticeToSend to_send, parse_notice_job(job.payload));
  auto sent = sender_.send(to_send.notice, to_send.channel, stop);
  if (sent) {
    count(to_send.channel, "delivered");
  } else if (sent.error().code != ErrorCode::kCancelled) {
    const bool is_last =
        job.attempt >= job.max_attempts || class_of_notice(sent.error()) == jobs::ErrorClass::kBadInput;
    count(to_send.channel, is_last ? "failed" : "retried");
  }
  return sent;
}

void AlertRuleService::count(const NoticeChannel& channel, std::string_view outcome) {
  parts_.metrics
      .counter("fit_alert_rule_notices_total", "Notices of alert rules by channel and outcome",
               {{"channel", std::string(to_string(channel.kind))}, {"outcome", std::string(outcome)}})
      .add();
}

}  // namespace fit::monitor
