#include "monitor/alert_evaluation.h"

#include <gtest/gtest.h>

#include <limits>

namespace fit::monitor {
namespace {

using Seconds = std::chrono::seconds;
using Answer = Reading::Answer;

const Timestamp kStart = parse_rfc3339("time", "2026-03-01T10:00:00Z").value();

Sample sample(const std::string& name, double value, Labels labels = {}) {
  std::string series = name;
  for (const auto& [label, text] : labels) series.append("|").append(label).append("=").append(text);
  return {.name = name, .labels = std::move(labels), .series = series, .value = value};
}

Reading judge_samples(const AlertCondition& condition, const std::vector<Sample>& samples) {
  return judge(condition, matching(condition, samples));
}

TEST(AlertThreshold, SeriesBecomeOneValue) {
  using Aggregate = AlertCondition::Aggregate;
  const std::vector<Sample> samples = {sample("q", 4, {{"queue", "a"}}), sample("q", 9, {{"queue", "b"}}),
                                       sample("other", 100)};
  AlertCondition condition{.metric = "q", .threshold = 10};
  EXPECT_EQ(judge_samples(condition, samples).value, 13);
  EXPECT_EQ(judge_samples(condition, samples).answer, Answer::kHolds);
  condition.aggregate = Aggregate::kMax;
  EXPECT_EQ(judge_samples(condition, samples).value, 9);
  EXPECT_EQ(judge_samples(condition, samples).answer, Answer::kClear);
  condition.aggregate = Aggregate::kMin;
  condition.is_above = false;
  EXPECT_EQ(judge_samples(condition, samples).value, 4);
  EXPECT_EQ(judge_samples(condition, samples).answer, Answer::kHolds);
  condition.threshold = 4;
  EXPECT_EQ(judge_samples(condition, samples).answer, Answer::kClear)
      << "the threshold itself is not below it";
}

TEST(AlertThreshold, WithoutANumberItDoesNotHold) {
  const AlertCondition condition{.metric = "q", .threshold = 10};
  EXPECT_EQ(judge_samples(condition, {}).answer, Answer::kClear);
  const Reading none = judge_samples(condition, {sample("q", std::numeric_limits<double>::quiet_NaN())});
  EXPECT_EQ(none.answer, Answer::kClear);
  EXPECT_FALSE(none.value);
}

TEST(AlertAbsence, HoldsWhileNoSeriesMatches) {
  const AlertCondition condition{
      .kind = AlertCondition::Kind::kAbsence, .metric = "q", .labels = {{"queue", {"a"}}}};
  EXPECT_EQ(judge_samples(condition, {}).answer, Answer::kHolds);
  EXPECT_EQ(judge_samples(condition, {sample("q", 0, {{"queue", "b"}})}).answer, Answer::kHolds);
  EXPECT_EQ(judge_samples(condition, {sample("q", 0, {{"queue", "a"}})}).answer, Answer::kClear);
}

// Feeds a window with samples at moments after kStart.
class Feeder {
 public:
  explicit Feeder(Seconds window) : window_(window) {}
  void at(Seconds time, const std::vector<Sample>& samples) {
    std::vector<const Sample*> all;
    for (const Sample& one : samples) all.push_back(&one);
    window_.add(all, kStart + time);
  }
  std::optional<RateWindow::Rate> rate() const { return window_.rate(); }
  std::size_t parts() const { return window_.parts(); }

 private:
  RateWindow window_;
};

TEST(AlertRate, IsTheIncreaseOverTheWindow) {
  Feeder feeder(Seconds(60));
  feeder.at(Seconds(0), {sample("c", 1000)});
  EXPECT_FALSE(feeder.rate()) << "what was there before the first moment does not count";
  feeder.at(Seconds(30), {sample("c", 1060)});
  EXPECT_EQ(feeder.rate()->per_second, 1);
  EXPECT_FALSE(feeder.rate()->is_whole);
  feeder.at(Seconds(60), {sample("c", 1120)});
  EXPECT_EQ(feeder.rate()->per_second, 2);
  EXPECT_TRUE(feeder.rate()->is_whole);
  feeder.at(Seconds(90), {sample("c", 1120)});
  feeder.at(Seconds(120), {sample("c", 1120)});
  EXPECT_EQ(feeder.rate()->per_second, 0) << "increases leave the window";
}

TEST(AlertRate, ACounterThatBeginsAgainCountsFromZero) {
  Feeder feeder(Seconds(60));
  feeder.at(Seconds(0), {sample("c", 1000), sample("d", 5)});
  feeder.at(Seconds(60), {sample("c", 30), sample("d", 35)});
  EXPECT_EQ(feeder.rate()->per_second, 1) << "30 since it began again, and 30 more of the other one";
}

TEST(AlertRate, ANewSeriesCountsFromZero) {
  Feeder feeder(Seconds(60));
  feeder.at(Seconds(0), {});
  feeder.at(Seconds(60), {sample("c", 120, {{"status", "500"}})});
  EXPECT_EQ(feeder.rate()->per_second, 2);
}

TEST(AlertRate, ALongGapBeginsTheWindowAnew) {
  Feeder feeder(Seconds(60));
  feeder.at(Seconds(0), {sample("c", 0)});
  feeder.at(Seconds(61), {sample("c", 1000)});
  EXPECT_FALSE(feeder.rate()) << "nobody knows when in the gap it grew";
  feeder.at(Seconds(91), {sample("c", 1060)});
  EXPECT_EQ(feeder.rate()->per_second, 1);
  feeder.at(Seconds(50), {sample("c", 1060)});
  EXPECT_FALSE(feeder.rate()) << "the clock was set back";
}

TEST(AlertRate, AShortGapIsPartOfTheWindow) {
  Feeder feeder(Seconds(60));
  feeder.at(Seconds(0), {sample("c", 0)});
  feeder.at(Seconds(50), {sample("c", 0)});
  feeder.at(Seconds(90), {sample("c", 120)});
  EXPECT_EQ(feeder.rate()->per_second, 120.0 / 90)
      << "the part that began 50 s before the window counts with its time";
}

TEST(AlertRate, TheWindowIsBounded) {
  Feeder feeder(std::chrono::hours(24));
  for (int i = 0; i <= 100'000; ++i) feeder.at(Seconds(i), {sample("c", i)});
  EXPECT_LE(feeder.parts(), 2U * RateWindow::kParts + 2);
  EXPECT_NEAR(feeder.rate()->per_second, 1, 0.01);
}

TEST(AlertRate, APartOfAWindowProvesOnlyWhatIsAbove) {
  AlertCondition condition{.kind = AlertCondition::Kind::kRate, .metric = "c", .threshold = 1};
  EXPECT_EQ(judge(condition, std::nullopt).answer, Answer::kUnknown);
  const auto answer = [&condition](double per_second, bool is_whole) {
    return judge(condition, RateWindow::Rate{.per_second = per_second, .is_whole = is_whole}).answer;
  };
  EXPECT_EQ(answer(2, false), Answer::kHolds);
  EXPECT_EQ(answer(0.5, false), Answer::kUnknown);
  EXPECT_EQ(answer(0.5, true), Answer::kClear);
  condition.is_above = false;
  EXPECT_EQ(answer(0.5, false), Answer::kUnknown);
  EXPECT_EQ(answer(0.5, true), Answer::kHolds);
}

// A rule that goes from state to state.
class Course {
 public:
  Course(Seconds hold, Seconds keep_firing, Seconds repeat_every = Seconds(0)) {
    rule_.options.hold = hold;
    rule_.options.keep_firing = keep_firing;
    rule_.options.repeat_every = repeat_every;
    rule_.state.since = kStart;
  }
  AlertStep at(Seconds time, Answer answer) {
    AlertStep step = next_step(rule_, {.answer = answer, .value = 5}, kStart + time);
    rule_.state = step.next;
    return step;
  }
  AlertState state() const { return rule_.state.state; }
  void silence_until(Seconds time) { rule_.silenced_until = kStart + time; }

 private:
  AlertRule rule_;
};

TEST(AlertStates, AnAlarmHasOneNoticeOfItsBeginningAndOneOfItsEnd) {
  Course course(Seconds(60), Seconds(0));
  EXPECT_FALSE(course.at(Seconds(0), Answer::kHolds).notice);
  EXPECT_EQ(course.state(), AlertState::kPending);
  EXPECT_FALSE(course.at(Seconds(59), Answer::kHolds).begins_alarm);
  const AlertStep fires = course.at(Seconds(60), Answer::kHolds);
  EXPECT_TRUE(fires.begins_alarm);
  EXPECT_EQ(fires.notice, Notice::kFiring);
  EXPECT_EQ(fires.next.since, kStart + Seconds(60));
  EXPECT_EQ(fires.next.value, 5);
  for (int i = 61; i < 10'000; i += 15) EXPECT_FALSE(course.at(Seconds(i), Answer::kHolds).notice) << i;
  const AlertStep ends = course.at(Seconds(10'000), Answer::kClear);
  EXPECT_TRUE(ends.ends_alarm);
  EXPECT_EQ(ends.notice, Notice::kResolved);
  EXPECT_EQ(course.state(), AlertState::kResolved);
  EXPECT_FALSE(course.at(Seconds(10'015), Answer::kClear).notice);
  EXPECT_EQ(course.state(), AlertState::kResolved);
}

TEST(AlertStates, WithoutATimeTheRuleFiresAtOnce) {
  Course course(Seconds(0), Seconds(0));
  EXPECT_EQ(course.at(Seconds(0), Answer::kHolds).notice, Notice::kFiring);
}

TEST(AlertStates, AConditionThatFlapsBeforeItsTimeRaisesNoAlarm) {
  Course course(Seconds(60), Seconds(0));
  for (int i = 0; i < 20; ++i) {
    const AlertStep step = course.at(Seconds(i * 45), i % 2 == 0 ? Answer::kHolds : Answer::kClear);
    EXPECT_FALSE(step.begins_alarm || step.notice) << i;
  }
}

TEST(AlertStates, AConditionThatFlapsWhileFiringIsOneAlarm) {
  Course course(Seconds(0), Seconds(60));
  EXPECT_EQ(course.at(Seconds(0), Answer::kHolds).notice, Notice::kFiring);
  for (int i = 1; i < 20; ++i) {
    const AlertStep step = course.at(Seconds(i * 45), i % 2 == 0 ? Answer::kHolds : Answer::kClear);
    EXPECT_FALSE(step.begins_alarm || step.ends_alarm || step.notice) << i;
    EXPECT_EQ(course.state(), AlertState::kFiring);
  }
  course.at(Seconds(900), Answer::kHolds);
  course.at(Seconds(1000), Answer::kClear);
  EXPECT_EQ(course.at(Seconds(1060), Answer::kClear).notice, Notice::kResolved);
}

TEST(AlertStates, WhatIsUnknownChangesNothing) {
  Course course(Seconds(60), Seconds(0));
  course.at(Seconds(0), Answer::kHolds);
  course.at(Seconds(100), Answer::kUnknown);
  EXPECT_EQ(course.state(), AlertState::kPending) << "an alarm needs a moment that proves it";
  EXPECT_TRUE(course.at(Seconds(115), Answer::kHolds).begins_alarm);
  EXPECT_FALSE(course.at(Seconds(500), Answer::kUnknown).ends_alarm);
}

TEST(AlertStates, NoticesRepeatWhereTheRuleSaysSo) {
  Course course(Seconds(0), Seconds(60), Seconds(600));
  EXPECT_EQ(course.at(Seconds(0), Answer::kHolds).notice, Notice::kFiring);
  EXPECT_FALSE(course.at(Seconds(599), Answer::kHolds).notice);
  EXPECT_EQ(course.at(Seconds(600), Answer::kHolds).notice, Notice::kStillFiring);
  EXPECT_FALSE(course.at(Seconds(1199), Answer::kHolds).notice);
  EXPECT_FALSE(course.at(Seconds(1200), Answer::kClear).notice) << "it no longer holds";
  EXPECT_EQ(course.at(Seconds(1215), Answer::kHolds).notice, Notice::kStillFiring);
}

TEST(AlertStates, ASilencedRuleTellsNobody) {
  Course course(Seconds(0), Seconds(0));
  course.silence_until(Seconds(100));
  const AlertStep fires = course.at(Seconds(0), Answer::kHolds);
  EXPECT_TRUE(fires.begins_alarm);
  EXPECT_FALSE(fires.notice);
  const AlertStep ends = course.at(Seconds(50), Answer::kClear);
  EXPECT_TRUE(ends.ends_alarm);
  EXPECT_FALSE(ends.notice);
  EXPECT_FALSE(course.at(Seconds(60), Answer::kHolds).notice);
  EXPECT_EQ(course.at(Seconds(100), Answer::kHolds).notice, Notice::kFiring) << "the silence is over";
  EXPECT_EQ(course.at(Seconds(115), Answer::kClear).notice, Notice::kResolved);
}

TEST(AlertStates, AnAlarmThatNobodyWasToldOfEndsQuietly) {
  Course course(Seconds(0), Seconds(0));
  course.silence_until(Seconds(100));
  course.at(Seconds(0), Answer::kHolds);
  const AlertStep ends = course.at(Seconds(150), Answer::kClear);
  EXPECT_TRUE(ends.ends_alarm);
  EXPECT_FALSE(ends.notice);
}

TEST(AlertStates, AClockThatWasSetBackDelaysNoAlarm) {
  Course course(Seconds(60), Seconds(0));
  course.at(Seconds(10'000), Answer::kHolds);
  EXPECT_FALSE(course.at(Seconds(0), Answer::kHolds).begins_alarm);
  EXPECT_TRUE(course.at(Seconds(60), Answer::kHolds).begins_alarm);
}

}  // namespace
}  // namespace fit::monitor
