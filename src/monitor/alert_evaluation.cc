#include "monitor/alert_evaluation.h"

#include <algorithm>
#include <chrono>
#include <cmath>

namespace fit::monitor {
namespace {

using Answer = Reading::Answer;

Answer compare(const AlertCondition& condition, double value) {
  const bool holds = condition.is_above ? value > condition.threshold : value < condition.threshold;
  return holds ? Answer::kHolds : Answer::kClear;
}

double seconds_between(Timestamp from, Timestamp to) {
  return std::chrono::duration<double>(to - from).count();
}

// The state of a rule whose condition holds now.
void hold(AlertRuleState& state, const AlertRuleOptions& options, Timestamp time) {
  state.clear_since.reset();
  if (state.state == AlertState::kFiring) return;
  if (state.state != AlertState::kPending) {
    state.state = AlertState::kPending;
    state.since = time;
  }
  if (time - state.since < options.hold) return;
  state.state = AlertState::kFiring;
  state.since = time;
}

// The state of a rule whose condition does not hold now.
void clear(AlertRuleState& state, const AlertRuleOptions& options, Timestamp time) {
  if (state.state == AlertState::kPending) {
    state.state = AlertState::kInactive;
    state.since = time;
  }
  if (state.state != AlertState::kFiring) return;
  if (!state.clear_since) state.clear_since = time;
  if (time - *state.clear_since < options.keep_firing) return;
  state.state = AlertState::kResolved;
  state.since = time;
  state.clear_since.reset();
}

// Times of the future are of a clock that was set back: what waits for them would wait for too long.
void limit_times(AlertRuleState& state, Timestamp time) {
  state.since = std::min(state.since, time);
  if (state.clear_since) state.clear_since = std::min(*state.clear_since, time);
  if (state.notified_at) state.notified_at = std::min(*state.notified_at, time);
}

std::optional<Notice> notice_of(const AlertRule& rule, AlertStep& step, Timestamp time) {
  const bool is_silent = rule.silenced_until && time < *rule.silenced_until;
  AlertRuleState& state = step.next;
  if (step.ends_alarm) {
    const bool was_told = state.notified_at.has_value();
    state.notified_at.reset();
    return was_told && !is_silent ? std::optional(Notice::kResolved) : std::nullopt;
  }
  if (state.state != AlertState::kFiring || is_silent) return std::nullopt;
  if (!state.notified_at) {
    state.notified_at = time;
    return Notice::kFiring;
  }
  const auto repeat = rule.options.repeat_every;
  if (repeat.count() == 0 || state.clear_since || time - *state.notified_at < repeat) return std::nullopt;
  state.notified_at = time;
  return Notice::kStillFiring;
}

}  // namespace

std::string_view to_string(Notice notice) {
  return kNoticeNames.at(static_cast<std::size_t>(notice));
}

std::vector<const Sample*> matching(const AlertCondition& condition, const std::vector<Sample>& samples) {
  std::vector<const Sample*> matched;
  for (const Sample& sample : samples) {
    if (!condition.matches(sample.name, sample.labels)) continue;
    if (matched.size() == kMaxMatchedSeries) break;
    matched.push_back(&sample);
  }
  return matched;
}

Reading judge(const AlertCondition& condition, const std::vector<const Sample*>& matched) {
  if (condition.kind == AlertCondition::Kind::kAbsence) {
    return {.answer = matched.empty() ? Answer::kHolds : Answer::kClear};
  }
  if (matched.empty()) return {.answer = Answer::kClear};
  double value = matched.front()->value;
  for (std::size_t i = 1; i < matched.size(); ++i) {
    const double one = matched[i]->value;
    if (condition.aggregate == AlertCondition::Aggregate::kSum) value += one;
    if (condition.aggregate == AlertCondition::Aggregate::kMax) value = std::max(value, one);
    if (condition.aggregate == AlertCondition::Aggregate::kMin) value = std::min(value, one);
  }
  return {.answer = compare(condition, value),
          .value = std::isfinite(value) ? std::optional(value) : std::nullopt};
}

double RateWindow::take_increase(const std::vector<const Sample*>& samples) {
  double increase = 0;
  std::map<std::string, double> values;
  for (const Sample* const sample : samples) {
    if (!std::isfinite(sample->value)) continue;
    const auto before = last_.find(sample->series);
    const bool goes_on = before != last_.end() && sample->value >= before->second;
    increase += goes_on ? sample->value - before->second : sample->value;
    values.emplace(sample->series, sample->value);
  }
  last_ = std::move(values);
  return increase;
}

void RateWindow::add(const std::vector<const Sample*>& samples, Timestamp time) {
  const bool begins = !time_ || time <= *time_ || time - *time_ > window_;
  const double increase = take_increase(samples);
  const Timestamp from = time_.value_or(time);
  time_ = time;
  if (begins) {
    parts_.clear();
    return;
  }
  if (!parts_.empty() && time - parts_.back().from <= window_ / kParts) {
    parts_.back().to = time;
    parts_.back().increase += increase;
  } else {
    parts_.push_back({.from = from, .to = time, .increase = increase});
  }
  while (parts_.front().to <= time - window_) parts_.pop_front();
}

std::optional<RateWindow::Rate> RateWindow::rate() const {
  if (parts_.empty()) return std::nullopt;
  double increase = 0;
  for (const Part& part : parts_) increase += part.increase;
  const double covered = seconds_between(parts_.front().from, parts_.back().to);
  const double whole = std::chrono::duration<double>(window_).count();
  return Rate{.per_second = increase / std::max(whole, covered), .is_whole = covered >= whole};
}

Reading judge(const AlertCondition& condition, const std::optional<RateWindow::Rate>& rate) {
  if (!rate) return {};
  Answer answer = compare(condition, rate->per_second);
  const bool is_proof = rate->is_whole || (condition.is_above && answer == Answer::kHolds);
  if (!is_proof) answer = Answer::kUnknown;
  return {.answer = answer, .value = rate->per_second};
}

AlertStep next_step(const AlertRule& rule, const Reading& reading, Timestamp time) {
  AlertStep step{.next = rule.state};
  limit_times(step.next, time);
  if (reading.answer == Answer::kHolds) hold(step.next, rule.options, time);
  if (reading.answer == Answer::kClear) clear(step.next, rule.options, time);
  const bool was_firing = rule.state.state == AlertState::kFiring;
  const bool is_firing = step.next.state == AlertState::kFiring;
  step.begins_alarm = is_firing && !was_firing;
  step.ends_alarm = was_firing && !is_firing;
  if (step.begins_alarm) step.next.notified_at.reset();
  if (step.next.state != rule.state.state) step.next.value = reading.value;
  step.notice = notice_of(rule, step, time);
  return step;
}

}  // namespace fit::monitor
