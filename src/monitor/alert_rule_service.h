#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <mutex>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

#include "base/background_task.h"
#include "base/log.h"
#include "base/metrics.h"
#include "jobs/handler.h"
#include "jobs/queue.h"
#include "monitor/alert_notice.h"
#include "monitor/alert_rule_store.h"

namespace fit::monitor {

// Judges the rules of a database by the metrics of this process, in the background, and tells people of their
// alarms by jobs of the kind kNoticeJob. Of several processes on a database one judges at a time: the one
// with the lease. The others count the increases of counters meanwhile, so that each can go on with the
// windows of rates. Thread-safe; start() and stop() are for the owner. Borrows its parts.
class AlertRuleService {
 public:
  struct Parts {
    sql::Database& database;
    jobs::Queue& queue;
    net::HttpClient& http;
    const notify::MailSender* mail = nullptr;  // null: this process sends no mail
    Log log;
    Metrics& metrics;
    std::function<Timestamp()> clock = now;
  };
  explicit AlertRuleService(Parts parts);
  ~AlertRuleService() { stop(); }
  AlertRuleService(const AlertRuleService&) = delete;
  AlertRuleService& operator=(const AlertRuleService&) = delete;

  // Starts to look at the rules once in an interval of at least a second. Call it at most once.
  void start(std::chrono::seconds interval);
  // Leaves the lease to another process, and waits for the thread.
  void stop();

  // One look at all rules, as the thread takes it. `lease` is the time for which this process judges then.
  // Returns whether this process has judged. Blocks; the errors of the database, after which the next look
  // does what this one has not done.
  Result<bool> look(std::chrono::seconds lease);

  AlertRuleStore& store() { return store_; }
  const NoticeSender& sender() const { return sender_; }
  Timestamp time() const { return parts_.clock(); }
  // How many series of this process match the condition now.
  std::size_t matching_series(const AlertCondition& condition) const;
  // Sends the test message of a rule by one of its channels, at once. The errors of NoticeSender::send().
  Result<void> test(const AlertRule& rule, const NoticeChannel& channel, const std::stop_token& stop);

  // For the workers of the queue.
  jobs::Handler handler();

 private:
  struct Window {
    AlertCondition condition;
    RateWindow rates;
  };

  void feed(const std::vector<AlertRule>& rules, const std::vector<Sample>& samples, Timestamp time);
  Reading read(const AlertRule& rule, const std::vector<Sample>& samples, Timestamp time) const;
  Result<bool> hold_watch(Timestamp time, std::chrono::seconds lease);
  Result<void> judge_all(std::vector<AlertRule>& rules, const std::vector<Sample>& samples, Timestamp time);
  void show(const std::vector<AlertRule>& rules);
  Result<void> run(const jobs::Job& job, const std::stop_token& stop);
  void count(const NoticeChannel& channel, std::string_view outcome);

  const Parts parts_;
  AlertRuleStore store_;
  const NoticeSender sender_;
  const std::int64_t owner_;                  // a random number
  std::mutex mutex_;                          // of one look at a time, and of what follows
  std::map<std::int64_t, Window> windows_;    // of rates, by the ids of rules
  std::optional<Timestamp> first_look_ = {};  // nullopt: there was none
  Timestamp held_until_ = {};                 // the end of the lease; the past: this process does not have it
  BackgroundTask task_;
};

}  // namespace fit::monitor
