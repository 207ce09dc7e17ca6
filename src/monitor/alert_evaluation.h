#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "monitor/alert_rule.h"
#include "monitor/exposition.h"

// How the samples of metrics become the states of rules. Nothing here reads a clock, a database or a metric.
namespace fit::monitor {

// What the samples of one moment say of a condition.
struct Reading {
  enum class Answer : std::uint8_t {
    kHolds,
    kClear,    // it does not hold
    kUnknown,  // the samples do not tell: the state of the rule stays
  };
  Answer answer = Answer::kUnknown;
  std::optional<double> value = {};  // that was compared; nullopt: there is none
};

// The samples that a condition is about, at most kMaxMatchedSeries of them.
inline constexpr std::size_t kMaxMatchedSeries = 1'000;
std::vector<const Sample*> matching(const AlertCondition& condition, const std::vector<Sample>& samples);

// Judges a threshold or an absence. A threshold of which no series is there does not hold.
Reading judge(const AlertCondition& condition, const std::vector<const Sample*>& matched);

// The increases of counters within a window, in at most about 2 * kParts parts, however often it is fed. For
// one thread at a time.
class RateWindow {
 public:
  static constexpr int kParts = 128;

  explicit RateWindow(std::chrono::seconds window) : window_(window) {}

  // Adds the samples of a later moment. A series whose value is less than before has begun again at 0, and
  // one that was not there began at 0, too. The window begins anew when the clock was set back, and when more
  // than its length has passed since the moment before.
  void add(const std::vector<const Sample*>& samples, Timestamp time);

  struct Rate {
    double per_second = 0;  // the increase in the window, divided by its whole length
    bool is_whole = false;  // the samples reach back over the whole window; otherwise the rate may be higher
  };
  // nullopt before the second moment.
  std::optional<Rate> rate() const;

  std::size_t parts() const { return parts_.size(); }

 private:
  struct Part {
    Timestamp from;
    Timestamp to;
    double increase = 0;
  };
  double take_increase(const std::vector<const Sample*>& samples);

  std::chrono::seconds window_;
  std::optional<Timestamp> time_;       // of the latest moment
  std::map<std::string, double> last_;  // values by series
  std::deque<Part> parts_;
};

// Judges a rate. A window that is not whole yet proves a rate above the threshold, and nothing else.
Reading judge(const AlertCondition& condition, const std::optional<RateWindow::Rate>& rate);

enum class Notice : std::uint8_t { kFiring, kStillFiring, kResolved };
inline constexpr std::array<std::string_view, 3> kNoticeNames = {"firing", "still_firing", "resolved"};
std::string_view to_string(Notice notice);

// What becomes of a rule at a moment.
struct AlertStep {
  AlertRuleState next;
  bool begins_alarm = false;
  bool ends_alarm = false;
  std::optional<Notice> notice = {};
};

// Each alarm has at most one notice of its beginning and one of its end. A silenced rule goes through the
// same states without notices; the notice of an alarm that lasts longer than the silence follows it. An alarm
// that nobody was told of ends without a notice.
AlertStep next_step(const AlertRule& rule, const Reading& reading, Timestamp time);

}  // namespace fit::monitor
