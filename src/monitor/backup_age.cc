#include "monitor/backup_age.h"

#include <utility>

#include "base/clock.h"
#include "catalog/backup.h"

namespace fit::monitor {

BackupAge::BackupAge(store::Catalogue& store, Log log, Metrics& metrics)
    : store_(store),
      log_(std::move(log)),
      made_at_(metrics.gauge("fit_backup_timestamp_seconds", "Time of the last backup; 0: there is none")) {}

void BackupAge::start(std::chrono::milliseconds period) {
  task_.start([this, period](const std::stop_token&) {
    bool has_failed = false;
    do {
      const auto done = read();
      if (!done && !has_failed) {
        log_.warning("the time of the last backup is not known", {{"reason", done.error().describe()}});
      }
      has_failed = !done;
    } while (task_.wait_for(period));
  });
}

Result<void> BackupAge::read() {
  FIT_TRY(const std::string text, store_.metadata().get(std::string(catalog::kLastBackup)));
  if (text.empty()) return {};
  FIT_TRY(const Timestamp time, parse_rfc3339("last_backup", text));
  made_at_.set(std::chrono::duration<double>(time.time_since_epoch()).count());
  return {};
}

}  // namespace fit::monitor
