#pragma once

#include <chrono>
#include <string_view>

#include "base/background_task.h"
#include "base/log.h"
#include "jobs/handler.h"
#include "jobs/queue.h"
#include "style/trends/trend_reader.h"
#include "style/trends/trends.h"

namespace fit::style {

// Keeps the trends of a catalogue fresh, by jobs of the kind "trends", of which there is one at a time,
// however many processes ask for it. start() and stop() are for the owner; the rest is thread-safe. Borrows
// its parts.
class TrendService {
 public:
  static constexpr std::string_view kJob = "trends";
  static constexpr std::chrono::hours kEvery{6};  // how old trends may become

  struct Parts {
    TrendSources sources;
    jobs::Queue& queue;
    Log log;
  };
  explicit TrendService(Parts parts) : parts_(std::move(parts)), trends_(parts_.sources.database) {}
  ~TrendService() { stop(); }
  TrendService(const TrendService&) = delete;
  TrendService& operator=(const TrendService&) = delete;

  // Starts to look whether trends are too old: first after some minutes, then once an hour.
  void start();
  void stop() { task_.stop(); }

  // Adds the job when trends are too old at `time`. Blocks; the errors of the database.
  Result<void> look(Timestamp time);

  // For the workers of the queue. A job that finds fresh trends does nothing.
  jobs::Handler handler();

  Trends& trends() { return trends_; }

 private:
  Result<bool> is_due(Timestamp time);
  Result<void> compute(const std::stop_token& stop);

  const Parts parts_;
  Trends trends_;
  BackgroundTask task_;
};

}  // namespace fit::style
