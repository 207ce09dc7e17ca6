#pragma once

#include <chrono>

#include "base/background_task.h"
#include "base/log.h"
#include "base/metrics.h"
#include "store/catalogue.h"

namespace fit::monitor {

// Checks the tables of a catalogue in the background, at the start and at an interval. What it finds is in the
// log and in fit_database_damaged, and makes the catalogue's check() fail, and so /ready and /health. Does not
// own the catalogue.
class DatabaseCheck {
 public:
  DatabaseCheck(store::Catalogue& store, Log log, Metrics& metrics);

  // Call it once. An interval of 0: nothing is checked.
  void start(std::chrono::seconds interval);
  // Ends a check that runs, and waits for the thread.
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
