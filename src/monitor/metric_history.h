#pragma once

#include <array>
#include <chrono>
#include <cstddef>
#include <deque>
#include <filesystem>
#include <functional>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "base/background_task.h"
#include "base/clock.h"
#include "base/folder_lock.h"
#include "base/log.h"
#include "base/metrics.h"
#include "base/result.h"
#include "monitor/history_point.h"

namespace fit::monitor {

// What the metrics of this process were during the last seven days, for the page of operations: in steps of
// ten seconds for an hour, of two minutes for a day, of ten minutes for a week. The history is kept in a file
// over restarts; what the last five minutes were is lost with a process that is killed. Of several processes
// on a folder one keeps the file. Thread-safe; start() and stop() are for the owner. Borrows the metrics.
class MetricHistory {
 public:
  struct Resolution {
    std::chrono::seconds step;
    std::size_t points;  // that are kept
  };
  static constexpr std::array<Resolution, 3> kResolutions = {
      {{std::chrono::seconds(10), 360}, {std::chrono::minutes(2), 720}, {std::chrono::minutes(10), 1008}}};
  static constexpr std::size_t kMostStarts = 100;

  struct Parts {
    const Metrics& metrics;
    std::filesystem::path folder;  // made if it is missing; empty: nothing is kept over restarts
    std::string version;           // of the program
    Log log;
    std::function<Timestamp()> clock = now;
  };
  // Reads the file, if there is one. A damaged file is replaced, and the log says so.
  explicit MetricHistory(Parts parts);
  ~MetricHistory() { stop(); }
  MetricHistory(const MetricHistory&) = delete;
  MetricHistory& operator=(const MetricHistory&) = delete;

  // Starts to read the metrics every ten seconds. Call it at most once.
  void start();
  // Ends the thread and writes the file.
  void stop();

  // One reading of the metrics. Each resolution whose step has passed gets a point.
  void sample();
  // Writes the file. The errors of write_file_atomically().
  Result<void> save() const;

  // The points of the finest resolution that reaches back so far, oldest first.
  struct Range {
    std::chrono::seconds step;
    std::vector<HistoryPoint> points;
  };
  Range last(std::chrono::seconds time) const;

  // When a process began to keep this history.
  struct Start {
    Timestamp at;
    std::string version;
  };
  std::vector<Start> starts() const;  // oldest first

 private:
  struct Series {
    std::optional<HistoryReading> before = {};
    std::deque<HistoryPoint> points = {};
  };

  std::filesystem::path file() const { return parts_.folder / "metrics.json"; }
  void load();
  Result<void> read_file();

  const Parts parts_;
  std::optional<FolderLock> lock_;  // of the process that keeps the file
  mutable std::mutex mutex_;        // guards series_ and starts_
  std::array<Series, kResolutions.size()> series_;
  std::deque<Start> starts_;
  BackgroundTask task_;
};

}  // namespace fit::monitor
