#pragma once

#include <chrono>

#include "base/background_task.h"
#include "base/log.h"
#include "base/metrics.h"
#include "store/catalogue.h"

namespace fit::monitor {

// Checks the tables of a catalogue in the background, at the start and periodically. Findings are logged, set
// fit_database_damaged, and make Catalogue::check() fail, and with it /ready and /health. Borrows the
// catalogue.
class DatabaseCheck {
 public:
  DatabaseCheck(store::Catalogue& store, Log log, Metrics& metrics);

  // Call it at most once. An interval of 0 disables the checks.
  void start(std::chrono::seconds interval);
  // Cancels a running check and waits for the thread.
  void stop() { task_.stop(); }

 private:
  void check(const std::stop_token& stop);

  store::Catalogue& store_;
  const Log log_;
  Gauge& damaged_;
  Gauge& checked_at_;
  BackgroundTask task_;
};

}  // namespace fit::monitor
