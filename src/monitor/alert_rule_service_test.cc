// The rules of a database and who judges them, on each engine.
#include "monitor/alert_rule_service.h"

#include <gtest/gtest.h>

#include <memory>
#include <optional>

#include "base/json_reader.h"
#include "net/test_server.h"
#include "notify/webhook.h"
#include "store/test_support.h"

namespace fit::monitor {
namespace {

using Seconds = std::chrono::seconds;

const Timestamp kBegin = parse_rfc3339("time", "2026-03-01T10:00:00Z").value();
constexpr Seconds kTestLease{60};

AlertRuleOptions dead_letters() {
  AlertRuleOptions options{.name = "Dead letters",
                           .condition = {.metric = "fit_test_value", .threshold = 10},
                           .hold = Seconds(30),
                           .keep_firing = Seconds(0)};
  options.channels = {{.kind = NoticeChannel::Kind::kWebhook, .target = "https://hooks.example/x"},
                      {.kind = NoticeChannel::Kind::kEmail, .target = "ops@shop.example"}};
  return options;
}

// One process on the database of a test, whose clock stands still until the test moves it.
class Process {
 public:
  Process(store::Catalogue& store, const Timestamp& time)
      : queue_(store.database()),
        http_({.allow_private_addresses = true}),
        service_(
            std::make_unique<AlertRuleService>(AlertRuleService::Parts{.database = store.database(),
                                                                       .queue = queue_,
                                                                       .http = http_,
                                                                       .log = Log::silent(),
                                                                       .metrics = metrics_,
                                                                       .clock = [&time] { return time; }})) {}

  void set(double value) { metrics_.gauge("fit_test_value", "A value").set(value); }
  Metrics& metrics() { return metrics_; }
  AlertRuleService& service() { return *service_; }
  AlertRuleStore& rules() { return service_->store(); }
  bool look() { return service_->look(kTestLease).value(); }
  std::vector<jobs::Job> notices() { return queue_.list({.kind = std::string(kNoticeJob)}).value(); }

 private:
  Metrics metrics_;
  jobs::Queue queue_;
  net::HttpClient http_;
  std::unique_ptr<AlertRuleService> service_;
};

class AlertRulesContract : public ::testing::TestWithParam<store::testing::Engine> {
 protected:
  void SetUp() override {
    if (!GetParam().is_available()) GTEST_SKIP() << "PostgreSQL is not installed";
    store_ = store::open_catalogue(GetParam().url(folder_)).value();
    first_ = start();
  }
  std::unique_ptr<Process> start() { return std::make_unique<Process>(*store_, time_); }
  AlertState state_of(AlertRuleId id) { return first_->rules().get(id).value().state.state; }
  std::vector<Alarm> alarms() { return first_->rules().alarms({}).value(); }

  TempDir folder_;
  std::unique_ptr<store::Catalogue> store_;
  Timestamp time_ = kBegin;
  std::unique_ptr<Process> first_;
};

TEST_P(AlertRulesContract, WhatIsAddedIsReadReplacedAndRemoved) {
  AlertRuleStore& rules = first_->rules();
  const AlertRule added = rules.add(dead_letters(), "key:7", time_).value();
  EXPECT_EQ(rules.get(added.id).value().options, dead_letters());
  EXPECT_EQ(added.created_by, "key:7");
  EXPECT_EQ(added.created_at, kBegin);
  EXPECT_EQ(added.state.state, AlertState::kInactive);
  AlertRuleOptions other = dead_letters();
  other.condition.threshold = 20;
  EXPECT_EQ(rules.replace(added.id, other, time_).value().options, other);
  EXPECT_EQ(rules.list().value().size(), 1U);
  EXPECT_EQ(rules.silence(added.id, kBegin + Seconds(5)).value().silenced_until, kBegin + Seconds(5));
  EXPECT_FALSE(rules.silence(added.id, std::nullopt).value().silenced_until);
  EXPECT_TRUE(rules.remove(added.id, time_));
  for (const auto& error :
       {rules.get(added.id).error(), rules.remove(added.id, time_).error(),
        rules.replace(added.id, other, time_).error(), rules.silence(added.id, {}).error()}) {
    EXPECT_EQ(error.code, ErrorCode::kNotFound);
  }
}

TEST_P(AlertRulesContract, TheNumberOfRulesIsLimited) {
  AlertRuleOptions quiet = dead_letters();
  quiet.channels.clear();
  for (std::size_t i = 0; i < AlertRuleStore::kMaxRules; ++i) {
    ASSERT_TRUE(first_->rules().add(quiet, "local", time_));
  }
  EXPECT_EQ(first_->rules().add(quiet, "local", time_).error().code, ErrorCode::kConflict);
}

TEST_P(AlertRulesContract, AnAlarmLeadsToOneNoticeForEachChannelAndOneOfItsEnd) {
  const AlertRuleId id = first_->rules().add(dead_letters(), "key:7", time_).value().id;
  first_->set(12);
  EXPECT_TRUE(first_->look());
  EXPECT_EQ(state_of(id), AlertState::kPending);
  EXPECT_TRUE(alarms().empty());
  time_ += Seconds(30);
  first_->look();
  EXPECT_EQ(state_of(id), AlertState::kFiring);
  EXPECT_EQ(first_->notices().size(), 2U);
  for (int i = 0; i < 5; ++i) {
    time_ += Seconds(15);
    first_->look();
  }
  EXPECT_EQ(first_->notices().size(), 2U);
  ASSERT_EQ(alarms().size(), 1U);
  EXPECT_EQ(alarms().front().started_at, kBegin + Seconds(30));
  EXPECT_EQ(alarms().front().value, 12);
  EXPECT_EQ(alarms().front().notices, 2);
  EXPECT_FALSE(alarms().front().ended_at);
  first_->set(1);
  time_ += Seconds(15);
  first_->look();
  EXPECT_EQ(state_of(id), AlertState::kResolved);
  EXPECT_EQ(first_->notices().size(), 4U);
  EXPECT_EQ(alarms().front().ended_at, time_);
  EXPECT_EQ(alarms().front().notices, 4);
  const auto latest = parse_notice_job(first_->notices().front().payload).value();
  EXPECT_EQ(latest.notice.event, "resolved");
  EXPECT_EQ(latest.notice.started_at, kBegin + Seconds(30));
}

TEST_P(AlertRulesContract, StatesOutliveAProcess) {
  const AlertRuleId id = first_->rules().add(dead_letters(), "key:7", time_).value().id;
  first_->set(12);
  first_->look();
  first_ = start();  // the lease of the former one has ended with it
  first_->set(12);
  time_ += Seconds(30);
  EXPECT_TRUE(first_->look());
  EXPECT_EQ(state_of(id), AlertState::kFiring) << "pending since before the restart";
  first_ = start();
  first_->set(12);
  time_ += Seconds(15);
  first_->look();
  EXPECT_EQ(first_->notices().size(), 2U) << "nobody is told twice";
}

TEST_P(AlertRulesContract, ARestartEndsNoAlarmBeforeItsMetricIsThere) {
  const AlertRuleId id = first_->rules().add(dead_letters(), "key:7", time_).value().id;
  first_->set(12);
  first_->look();
  time_ += Seconds(30);
  first_->look();
  first_ = start();
  time_ += Seconds(15);
  first_->look();
  EXPECT_EQ(state_of(id), AlertState::kFiring);
  time_ += Seconds(60);
  first_->look();
  EXPECT_EQ(state_of(id), AlertState::kResolved) << "it is not there at all";
}

TEST_P(AlertRulesContract, OfTwoProcessesOneJudges) {
  const auto second = start();
  first_->rules().add(dead_letters(), "key:7", time_).value();
  first_->set(12);
  second->set(12);
  for (int i = 0; i < 5; ++i) {
    EXPECT_TRUE(first_->look());
    EXPECT_FALSE(second->look());
    time_ += Seconds(15);
  }
  EXPECT_EQ(first_->notices().size(), 2U);
  // One that stands still loses the lease, and the other goes on.
  time_ += kTestLease;
  EXPECT_TRUE(second->look());
  EXPECT_FALSE(first_->look());
  EXPECT_EQ(first_->notices().size(), 2U);
  // One that is stopped leaves it at once.
  second->service().stop();
  EXPECT_TRUE(first_->look());
}

TEST_P(AlertRulesContract, WhatWasDecidedByAnOldStateIsNotStored) {
  const AlertRule read = first_->rules().add(dead_letters(), "key:7", time_).value();
  AlertStep step{.next = {.state = AlertState::kFiring, .since = time_, .notified_at = time_, .value = 12},
                 .begins_alarm = true,
                 .notice = Notice::kFiring};
  EXPECT_TRUE(first_->rules().apply(read, step, time_).value());
  EXPECT_FALSE(first_->rules().apply(read, step, time_).value()) << "another process was first";
  EXPECT_EQ(first_->notices().size(), 2U);
  EXPECT_EQ(alarms().size(), 1U);
  EXPECT_TRUE(first_->rules().remove(read.id, time_));
  EXPECT_FALSE(first_->rules().apply(read, step, time_).value());
  ASSERT_EQ(alarms().size(), 1U) << "alarms outlive their rules";
  EXPECT_TRUE(alarms().front().ended_at);
}

TEST_P(AlertRulesContract, AnotherConditionBeginsAgain) {
  const AlertRuleId id = first_->rules().add(dead_letters(), "key:7", time_).value().id;
  first_->set(12);
  first_->look();
  time_ += Seconds(30);
  first_->look();
  AlertRuleOptions renamed = dead_letters();
  renamed.name = "Lost work";
  EXPECT_EQ(first_->rules().replace(id, renamed, time_).value().state.state, AlertState::kFiring);
  renamed.condition.threshold = 100;
  EXPECT_EQ(first_->rules().replace(id, renamed, time_).value().state.state, AlertState::kInactive);
  EXPECT_TRUE(alarms().front().ended_at);
  first_->look();
  EXPECT_EQ(state_of(id), AlertState::kInactive);
}

TEST_P(AlertRulesContract, RatesAreCountedFromLookToLook) {
  AlertRuleOptions errors = dead_letters();
  errors.hold = Seconds(0);
  errors.condition = {.kind = AlertCondition::Kind::kRate,
                      .metric = "fit_test_total",
                      .labels = {{"status", {"5*"}}},
                      .threshold = 0.5,
                      .window = Seconds(60)};
  const AlertRuleId id = first_->rules().add(errors, "key:7", time_).value().id;
  Counter& failures = first_->metrics().counter("fit_test_total", "T", {{"status", "503"}});
  first_->metrics().counter("fit_test_total", "T", {{"status", "200"}}).add(1'000);
  failures.add(1'000);
  first_->look();
  time_ += Seconds(30);
  failures.add(20);
  first_->look();
  EXPECT_EQ(state_of(id), AlertState::kInactive);
  time_ += Seconds(30);
  failures.add(20);
  first_->look();
  EXPECT_EQ(state_of(id), AlertState::kFiring) << "40 in a minute";
  EXPECT_EQ(first_->service().matching_series(errors.condition), 1U);
  time_ += Seconds(60);
  first_->look();
  EXPECT_EQ(state_of(id), AlertState::kResolved);
}

TEST_P(AlertRulesContract, AlarmsAreListedByPage) {
  AlertRuleOptions quiet = dead_letters();
  quiet.channels.clear();
  quiet.hold = Seconds(0);
  const AlertRuleId id = first_->rules().add(quiet, "key:7", time_).value().id;
  for (int i = 0; i < 3; ++i) {
    first_->set(12);
    time_ += Seconds(15);
    first_->look();
    if (i == 2) break;
    first_->set(0);
    time_ += Seconds(15);
    first_->look();
  }
  AlertRuleStore& rules = first_->rules();
  const auto page = rules.alarms({.limit = 2}).value();
  ASSERT_EQ(page.size(), 2U);
  EXPECT_FALSE(page.front().ended_at);
  EXPECT_EQ(rules.alarms({.before = page.back().id.value}).value().size(), 1U);
  EXPECT_EQ(rules.alarms({.is_firing = true}).value().size(), 1U);
  EXPECT_EQ(rules.alarms({.rule = id, .is_firing = false}).value().size(), 2U);
  EXPECT_TRUE(rules.alarms({.rule = AlertRuleId{id.value + 1}}).value().empty());
  // What has ended long ago goes with the next alarm.
  first_->set(0);
  time_ += Seconds(15);
  first_->look();
  time_ += AlertRuleStore::kKeepAlarms + std::chrono::days(1);
  first_->set(12);
  first_->look();
  EXPECT_EQ(alarms().size(), 1U);
}

TEST_P(AlertRulesContract, ANoticeIsSentBySignedWebhook) {
  net::TestServer receiver(
      [](const auto&, auto& connection) { connection.send(net::TestServer::answer(200, "")); });
  AlertRuleOptions options = dead_letters();
  options.hold = Seconds(0);
  options.channels = {{.kind = NoticeChannel::Kind::kWebhook, .target = receiver.url("/hook")},
                      {.kind = NoticeChannel::Kind::kEmail, .target = "ops@shop.example"}};
  first_->rules().add(options, "key:7", time_).value();
  first_->set(12);
  first_->look();
  const auto handler = first_->service().handler();
  int without_mail = 0;
  for (const jobs::Job& job : first_->notices()) {
    const auto sent = handler.run(job, {});
    if (sent) continue;
    ++without_mail;
    EXPECT_EQ(sent.error().code, ErrorCode::kUnavailable);
    EXPECT_EQ(handler.classify(sent.error()), jobs::ErrorClass::kTransient);
  }
  EXPECT_EQ(without_mail, 1);
  ASSERT_EQ(receiver.requests().size(), 1U);
  const auto request = receiver.requests().front();
  const Json body = parse_json("body", request.body).value();
  EXPECT_EQ(body.at("type"), "alert_rule.firing");
  EXPECT_EQ(body.at("value"), 12);
  const std::string secret = first_->service().sender().webhook_secret().value();
  const Timestamp sent_at{Seconds(std::stoll(request.headers.at("webhook-timestamp")))};
  EXPECT_EQ(
      request.headers.at("webhook-signature"),
      notify::webhook_signature(secret, request.headers.at("webhook-id"), sent_at, request.body).value());
}

INSTANTIATE_TEST_SUITE_P(Engines, AlertRulesContract, ::testing::ValuesIn(store::testing::engines()),
                         [](const auto& engine) { return engine.param.name; });

}  // namespace
}  // namespace fit::monitor
