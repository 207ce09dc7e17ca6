#pragma once

#include <chrono>
#include <cstdint>
#include <deque>
#include <map>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include "base/background_task.h"
#include "base/clock.h"
#include "base/log.h"
#include "base/metrics.h"
#include "base/result.h"
#include "base/trace.h"
#include "net/http_client.h"

namespace fit::monitor {

// Where reports go: a project of Sentry, or of a server with its interface.
struct SentryDsn {
  std::string url;         // without the key; for envelopes
  std::string public_key;  // which may write reports and nothing else

  // Reads "https://KEY@HOST[:PORT][/PATH]/PROJECT". kInvalid naming `field`; the message has no part of it.
  static Result<SentryDsn> parse(std::string_view field, std::string_view text);
};

// A frame of a stack trace.
struct StackFrame {
  std::string function = {};  // empty: unknown
  std::string module = {};    // the name of the program or the library
  std::uint64_t offset = 0;   // of the instruction, from the beginning of the module
};

// An unexpected error.
struct ErrorReport {
  std::string message;
  std::string module = {};  // that has noticed it
  bool is_crash = false;
  Timestamp time = {};
  std::map<std::string, std::string> tags = {};  // few values each, and the request's id
  std::string reason = {};                       // as the log has it
  TraceContext trace = {};
  std::vector<StackFrame> stack = {};  // the innermost first
};

// What all reports of a process say about it.
struct ReportSource {
  std::string release;  // "fit@1.2.3"
  std::string environment;
};

// The report as an envelope: three lines of JSON. Its texts are scrubbed.
std::string envelope(const ReportSource& source, const ErrorReport& report);

// Sends reports of unexpected errors on a thread of its own: the lines of the log with the level "error",
// except those of requests that ended with 502, 503 or 504, which other servers and load explain. Of a line
// only the message and the fields that are neither personal nor secret are reported. Reports that find the
// queue full, that exceed a hundred in a minute, and those that cannot be sent are dropped and counted.
// Thread-safe, except start() and stop(), which are for the owner. Borrows the metrics.
class Sentry {
 public:
  struct Options {
    SentryDsn dsn;
    ReportSource source;
    std::size_t most_queued = 100;
    std::size_t most_a_minute = 100;
    std::chrono::milliseconds timeout{10'000};
  };
  Sentry(Options options, Metrics& metrics, Log log);
  ~Sentry() { stop(); }
  Sentry(const Sentry&) = delete;
  Sentry& operator=(const Sentry&) = delete;

  // Call it once.
  void start();
  // Sends what waits, within two seconds. Later calls do nothing.
  void stop();

  // Takes a report. Does not block.
  void report(ErrorReport report);

 private:
  void observe(const LogLine& line);
  bool is_within_rate();
  void send_all(std::chrono::milliseconds timeout, const std::stop_token& stop);
  Result<void> send(const ErrorReport& report, std::chrono::milliseconds timeout,
                    const std::stop_token& stop);

  const Options options_;
  const Log log_;
  Counter& sent_;
  Counter& dropped_;
  net::HttpClient http_;

  std::mutex mutex_;
  std::deque<ErrorReport> queue_;
  std::chrono::steady_clock::time_point minute_{};  // in which `in_minute_` reports came
  std::size_t in_minute_ = 0;
  // The sending thread alone uses the following.
  std::chrono::steady_clock::time_point paused_until_{};  // as the server has asked
  bool is_failing_ = false;
  BackgroundTask task_;
};

}  // namespace fit::monitor
