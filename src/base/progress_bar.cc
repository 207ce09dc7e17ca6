#include "base/progress_bar.h"

#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <cmath>
#include <cstdio>

#include "base/format.h"
#include "base/text.h"

namespace fit {
namespace {

constexpr auto kRedraw = std::chrono::milliseconds(100);
constexpr auto kLine = std::chrono::seconds(10);
constexpr auto kRateStep = std::chrono::seconds(1);
constexpr double kMemorySeconds = 10;  // the time constant of the rate's moving average
constexpr int kBarWidth = 24;

ProgressBar::Output standard_error() {
  ProgressBar::Output output;
  output.write = [](const std::string& text) {
    std::fwrite(text.data(), 1, text.size(), stderr);
    std::fflush(stderr);
  };
  output.is_terminal = ::isatty(STDERR_FILENO) == 1;
  winsize size{};
  if (output.is_terminal && ::ioctl(STDERR_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0) {
    output.columns = size.ws_col;
  }
  output.now = [] { return std::chrono::steady_clock::now(); };
  return output;
}

double seconds(std::chrono::steady_clock::duration time) {
  return std::chrono::duration<double>(time).count();
}

std::string time_left(double left_seconds) {
  const auto whole = static_cast<std::int64_t>(std::ceil(left_seconds));
  if (whole < 60) return fit::format("{} s", whole);
  if (whole < 3600) return fit::format("{}:{:02} min", whole / 60, whole % 60);
  return fit::format("{}:{:02} h", whole / 3600, whole % 3600 / 60);
}

std::string rate_text(double rate) {
  return rate < 10 ? fit::format("{:.1f}/s", rate) : fit::format("{:.0f}/s", rate);
}

}  // namespace

ProgressBar::ProgressBar(std::string what, std::string unit)
    : ProgressBar(std::move(what), std::move(unit), standard_error()) {}

ProgressBar::ProgressBar(std::string what, std::string unit, Output output)
    : what_(std::move(what)), unit_(std::move(unit)), output_(std::move(output)) {}

ProgressBar::~ProgressBar() {
  if (output_.is_terminal && shown_ && !finished_) output_.write("\n");
}

void ProgressBar::update(std::int64_t done, std::int64_t total) {
  const Time now = output_.now();
  if (!begun_) {
    begun_ = true;
    first_done_ = done;
    last_noted_done_ = done;
    start_ = last_noted_ = last_shown_ = now;
  }
  done_ = done;
  total_ = total;
  note_rate(now);
  const bool due = output_.is_terminal ? !shown_ || now - last_shown_ >= kRedraw : now - last_shown_ >= kLine;
  if (!due) return;
  last_shown_ = now;
  show();
}

void ProgressBar::finish() {
  if (finished_ || !begun_) return;
  show();
  if (output_.is_terminal) output_.write("\n");
  finished_ = true;
}

// The rate is the mean over all work at first, and later an exponential moving average.
void ProgressBar::note_rate(Time now) {
  if (now - last_noted_ < kRateStep) return;
  const double step = seconds(now - last_noted_);
  const double current = static_cast<double>(done_ - last_noted_done_) / step;
  const double weight = std::max(1 - std::exp(-step / kMemorySeconds), step / seconds(now - start_));
  rate_ += (current - rate_) * weight;
  last_noted_ = now;
  last_noted_done_ = done_;
}

std::string ProgressBar::line() const {
  const double spent = seconds(output_.now() - start_);
  const double rate = rate_ > 0 || spent <= 0 ? rate_ : static_cast<double>(done_ - first_done_) / spent;
  std::string text = what_ + "  ";
  if (total_ > 0) {
    const double part = std::clamp(static_cast<double>(done_) / static_cast<double>(total_), 0.0, 1.0);
    const int filled = static_cast<int>(part * kBarWidth);
    if (output_.is_terminal) {
      text += "[" + std::string(filled, '#') + std::string(kBarWidth - filled, '.') + "]  ";
    }
    text += fit::format("{:3.0f} %  {} / {} {}", std::floor(part * 100), with_thousands(done_),
                        with_thousands(std::max(done_, total_)), unit_);
  } else {
    text += with_thousands(done_) + " " + unit_;
  }
  if (rate > 0) text += "  " + rate_text(rate);
  if (rate > 0 && total_ > done_)
    text += "  " + time_left(static_cast<double>(total_ - done_) / rate) + " left";
  return text;
}

void ProgressBar::show() {
  shown_ = true;
  std::string text = line();
  if (!output_.is_terminal) {
    output_.write(text + "\n");
    return;
  }
  text.resize(std::min<std::size_t>(text.size(), static_cast<std::size_t>(std::max(output_.columns - 1, 1))));
  output_.write("\r\x1b[K" + text);  // moves to the start of the line and clears it
}

}  // namespace fit
