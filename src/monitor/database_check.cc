#include "monitor/database_check.h"

#include "base/clock.h"
#include "base/stopwatch.h"

namespace fit::monitor {

DatabaseCheck::DatabaseCheck(store::Catalogue& store, Log log, Metrics& metrics)
    : store_(store),
      log_(std::move(log)),
      damaged_(
          metrics.gauge("fit_database_damaged", "1 when the last check found damaged tables or indexes")),
      checked_at_(metrics.gauge("fit_database_checked_timestamp_seconds",
                                "When the last check of the tables ended; 0: none has yet")) {}

void DatabaseCheck::start(std::chrono::seconds interval) {
  if (interval == std::chrono::seconds(0)) return;
  task_.start([this, interval](const std::stop_token& stop) {
    do check(stop);
    while (task_.wait_for(interval));
  });
}

void DatabaseCheck::check(const std::stop_token& stop) {
  const Stopwatch watch;
  std::vector<store::Damage> found;
  const auto checked = store_.check_integrity({}, {}, stop, found);
  if (!checked) {
    if (checked.error().code != ErrorCode::kCancelled) {
      log_.error("the tables of the database could not be checked", checked.error());
    }
    return;
  }
  for (const store::Damage& one : found) {
    log_.error("the database is damaged", {{"part", one.part}, {"what", one.what}});
  }
  damaged_.set(found.empty() ? 0 : 1);
  checked_at_.set(std::chrono::duration<double>(now().time_since_epoch()).count());
  log_.info("checked the tables of the database", {{"damages", found.size()}, {"took_s", watch.seconds()}});
}

}  // namespace fit::monitor
