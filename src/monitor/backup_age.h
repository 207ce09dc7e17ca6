#pragma once

#include <chrono>

#include "base/background_task.h"
#include "base/log.h"
#include "base/metrics.h"
#include "store/catalogue.h"

namespace fit::monitor {

// Shows the time of the catalogue's last backup, which `fit backup` stores in the catalogue, as
// fit_backup_timestamp_seconds. Reads it in the background. Borrows the catalogue.
class BackupAge {
 public:
  BackupAge(store::Catalogue& store, Log log, Metrics& metrics);

  // Call it at most once.
  void start(std::chrono::milliseconds period = std::chrono::seconds(30));
  void stop() { task_.stop(); }

 private:
  Result<void> read();

  store::Catalogue& store_;
  const Log log_;
  Gauge& made_at_;
  BackgroundTask task_;
};

}  // namespace fit::monitor
