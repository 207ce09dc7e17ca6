#include "monitor/alert_rule.h"

#include <gtest/gtest.h>

#include "monitor/alert_notice.h"

namespace fit::monitor {
namespace {

Json smallest_rule() {
  return {{"name", "Dead letters"}, {"metric", "queue_dead_letters"}, {"threshold", 10}};
}

TEST(AlertRuleReader, DefaultsAreFilledIn) {
  const auto options = parse_alert_rule(smallest_rule()).value();
  EXPECT_EQ(options.name, "Dead letters");
  EXPECT_EQ(options.condition.kind, AlertCondition::Kind::kThreshold);
  EXPECT_TRUE(options.condition.is_above);
  EXPECT_EQ(options.condition.threshold, 10);
  EXPECT_EQ(options.hold, std::chrono::seconds(60));
  EXPECT_EQ(options.keep_firing, std::chrono::seconds(60));
  EXPECT_EQ(options.repeat_every, std::chrono::seconds(0));
  EXPECT_TRUE(options.channels.empty());
}

TEST(AlertRuleReader, WhatIsWrittenIsReadAgain) {
  const Json bodies[] = {smallest_rule(),
                         {{"name", "Errors"},
                          {"metric", "fit_http_requests_total"},
                          {"labels", {{"status", Json::array({"5*"})}, {"route", "/api/v1/search"}}},
                          {"condition", "rate"},
                          {"comparison", "above"},
                          {"threshold", 0.5},
                          {"window_s", 600},
                          {"for_s", 0},
                          {"keep_firing_s", 30},
                          {"repeat_s", 3600},
                          {"channels",
                           {{{"type", "email"}, {"address", "ops@shop.example"}},
                            {{"type", "webhook"}, {"url", "https://hooks.example/x"}},
                            {{"type", "ntfy"}, {"url", "https://ntfy.sh/my-topic"}}}}},
                         {{"name", "Gone"}, {"metric", "fit_index_images"}, {"condition", "absence"}},
                         {{"name", "Low"},
                          {"metric", "fit_index_images"},
                          {"comparison", "below"},
                          {"aggregate", "min"},
                          {"threshold", -1}}};
  for (const Json& body : bodies) {
    const auto options = parse_alert_rule(body);
    ASSERT_TRUE(options) << options.error().describe();
    const auto again = parse_alert_rule(alert_rule_options_json(*options));
    ASSERT_TRUE(again) << again.error().describe();
    EXPECT_EQ(*again, *options);
  }
}

TEST(AlertRuleReader, WrongMembersAreNamed) {
  const std::pair<const char*, Json> wrong[] = {
      {"name", ""},
      {"name", "a\nb"},
      {"name", std::string(201, 'a')},
      {"metric", "9a"},
      {"metric", "a b"},
      {"metric", std::string(201, 'a')},
      {"labels", Json::array()},
      {"labels", {{"a b", "c"}}},
      {"labels.a", {{"a", 1}}},
      {"labels.a", {{"a", Json::array()}}},
      {"condition", "sometimes"},
      {"comparison", "equal"},
      {"threshold", "10"},
      {"threshold", nullptr},
      {"aggregate", "median"},
      {"for_s", -1},
      {"for_s", 86'401},
      {"keep_firing_s", 1.5},
      {"repeat_s", 59},
      {"channels", "email"},
      {"channels[0].type", Json::array({{{"type", "pager"}}})},
      {"channels[0].address", Json::array({{{"type", "email"}, {"address", "nobody"}}})},
      {"channels[0].url", Json::array({{{"type", "webhook"}, {"url", "ftp://x.example/"}}})},
      {"channels[0].url", Json::array({{{"type", "ntfy"}, {"url", "https://ntfy.sh/"}}})},
      {"window_s", 300},  // of a rate only
      {"colour", "red"}};
  for (const auto& [field, value] : wrong) {
    Json body = smallest_rule();
    const std::string name(std::string_view(field).substr(0, std::string_view(field).find_first_of(".[")));
    body[name] = value;
    const auto options = parse_alert_rule(body);
    ASSERT_FALSE(options) << field << " " << dump_json(value);
    EXPECT_EQ(options.error().code, ErrorCode::kInvalid);
    EXPECT_EQ(options.error().field, field) << options.error().describe();
  }
  Json twice = smallest_rule();
  const Json mail{{"type", "email"}, {"address", "ops@shop.example"}};
  twice["channels"] = Json::array({mail, mail});
  EXPECT_FALSE(parse_alert_rule(twice));
  twice["channels"] = Json::array({mail, mail, mail, mail, mail, mail});
  EXPECT_FALSE(parse_alert_rule(twice));
  EXPECT_FALSE(parse_alert_rule(Json::array()));
}

TEST(AlertConditionMatcher, LabelsAreEqualOrBeginAlike) {
  const AlertCondition condition{.metric = "m", .labels = {{"status", {"5*", "429"}}, {"who", {""}}}};
  EXPECT_TRUE(condition.matches("m", {{"status", "503"}}));
  EXPECT_TRUE(condition.matches("m", {{"status", "429"}, {"who", ""}, {"other", "x"}}));
  EXPECT_FALSE(condition.matches("n", {{"status", "503"}}));
  EXPECT_FALSE(condition.matches("m", {{"status", "200"}}));
  EXPECT_FALSE(condition.matches("m", {{"status", "4290"}}));
  EXPECT_FALSE(condition.matches("m", {{"status", "503"}, {"who", "me"}}));
  EXPECT_FALSE(condition.matches("m", {}));
}

TEST(RuleNoticeJob, WhatIsWrittenIsReadAgain) {
  const AlertRule rule{.id = {4},
                       .options = {.name = "Dead letters", .condition = {.metric = "q", .threshold = 10}},
                       .created_by = "key:1",
                       .state = {.state = AlertState::kFiring, .value = 12}};
  const Timestamp time = parse_rfc3339("time", "2026-03-01T10:00:00Z").value();
  const Alarm alarm{.id = {9}, .rule = {4}, .rule_name = {}, .condition = {}, .started_at = time};
  const AlertStep step{.next = rule.state, .notice = Notice::kFiring};
  const NoticeChannel channel{.kind = NoticeChannel::Kind::kWebhook, .target = "https://hooks.example/x"};
  const RuleNotice notice = make_notice(rule, alarm, step, time);
  const auto job = notice_job(notice, channel);
  const auto read = parse_notice_job(job.payload).value();
  EXPECT_EQ(read.channel, channel);
  EXPECT_EQ(read.notice.json(), notice.json());
  EXPECT_EQ(read.notice.id(channel), notice.id(channel));
  EXPECT_EQ(notice.title(), "[firing] Dead letters");
  EXPECT_NE(notice.text().find("sum of q above 10"), std::string::npos) << notice.text();
  EXPECT_NE(notice.text().find("Value: 12"), std::string::npos);
  EXPECT_EQ(parse_notice_job("{}").error().code, ErrorCode::kInvalid);
}

}  // namespace
}  // namespace fit::monitor
