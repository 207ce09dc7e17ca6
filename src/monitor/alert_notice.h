#pragma once

#include <optional>
#include <stop_token>
#include <string>
#include <string_view>

#include "base/clock.h"
#include "base/json.h"
#include "base/result.h"
#include "jobs/job.h"
#include "monitor/alert_evaluation.h"
#include "monitor/alert_rule.h"
#include "net/http_client.h"
#include "notify/mail_sender.h"
#include "sql/database.h"

namespace fit::monitor {

// The kind of the jobs that send notices. A program that does not know rules leaves them to one that does.
inline constexpr std::string_view kNoticeJob = "alert-rules";

// What a notice says. A value type.
struct RuleNotice {
  std::string event;  // "firing", "still_firing", "resolved" or "test"
  std::string rule_id;
  std::string rule;
  std::string alarm_id;  // empty in a test
  std::string condition;
  std::optional<double> value = {};
  Timestamp at = {};
  Timestamp started_at = {};  // of the alarm

  std::string title() const;  // "[firing] Dead letters"
  std::string text() const;
  Json json() const;
  // Names one message to one channel: every attempt at it has this id, so that receivers recognise a
  // repetition.
  std::string id(const NoticeChannel& channel) const;
};

// The notice of a step, which has one.
RuleNotice make_notice(const AlertRule& rule, const Alarm& alarm, const AlertStep& step, Timestamp time);
RuleNotice test_notice(const AlertRule& rule, Timestamp time);

// The job that sends a notice by a channel.
jobs::NewJob notice_job(const RuleNotice& notice, const NoticeChannel& channel);

// A notice with its channel, as a job has them.
struct NoticeToSend {
  RuleNotice notice;
  NoticeChannel channel;
};
// kInvalid for a payload that notice_job() has not written.
Result<NoticeToSend> parse_notice_job(std::string_view payload);

// Sends notices. Thread-safe; calls block.
class NoticeSender {
 public:
  struct Parts {
    sql::Database& database;  // has the secret of webhooks
    net::HttpClient& http;
    const notify::MailSender* mail = nullptr;  // null: this process sends no mail
  };
  explicit NoticeSender(Parts parts) : parts_(parts) {}

  bool has_mail() const { return parts_.mail != nullptr; }
  // The secret that signs the webhooks of rules (notify/webhook.h), made at its first use.
  Result<std::string> webhook_secret() const;
  // Success means that the other side has accepted the message. kUnavailable for mail without a mail server;
  // the errors of the channel.
  Result<void> send(const RuleNotice& notice, const NoticeChannel& channel,
                    const std::stop_token& stop) const;

 private:
  const Parts parts_;
};

}  // namespace fit::monitor
