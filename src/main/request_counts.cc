#include "main/request_counts.h"

#include <chrono>
#include <vector>

#include "base/clock.h"
#include "base/format.h"

namespace fit {
namespace {

std::int64_t today() {
  return std::chrono::floor<std::chrono::days>(now()).time_since_epoch().count();
}

}  // namespace

Result<void> RequestCounts::take(const std::string& tenant, std::int64_t limit) {
  const std::int64_t day = today();
  bool is_first = false;
  {
    const std::lock_guard lock(mutex_);
    Count& count = counts_[tenant];
    is_first = count.day != day;
    if (is_first) count = {.day = day};
  }
  if (is_first) {
    if (const auto exchanged = exchange(tenant, day, 0); !exchanged) {
      log_.warning("cannot read the requests of a tenant",
                   {{"tenant", tenant}, {"reason", exchanged.error().describe()}});
    }
  }
  const std::lock_guard lock(mutex_);
  Count& count = counts_[tenant];
  if (limit != 0 && count.known + count.waiting >= limit) {
    return Error{
        ErrorCode::kTooManyRequests,
        fit::format("the quota requests_per_day of this tenant is {}; the next day begins at midnight UTC",
                    limit),
        {},
        {}};
  }
  ++count.waiting;
  return {};
}

void RequestCounts::store() {
  std::map<std::string, Count> waiting;
  {
    const std::lock_guard lock(mutex_);
    for (auto& [tenant, count] : counts_) {
      if (count.waiting > 0) waiting[tenant] = count;
    }
  }
  for (const auto& [tenant, count] : waiting) {
    if (const auto exchanged = exchange(tenant, count.day, count.waiting); !exchanged) {
      log_.warning("cannot store the requests of a tenant",
                   {{"tenant", tenant}, {"reason", exchanged.error().describe()}});
      return;
    }
  }
}

Result<void> RequestCounts::exchange(const std::string& tenant, std::int64_t day, std::int64_t requests) {
  FIT_TRY(const std::int64_t sum, directory_.add_requests(tenant, day, requests));
  const std::lock_guard lock(mutex_);
  Count& count = counts_[tenant];
  if (count.day != day) return {};  // a new day has begun meanwhile
  count.known = sum;
  count.waiting -= requests;
  return {};
}

}  // namespace fit
