#include "style/trends/trend_service.h"

#include <string>
#include <utility>

#include "base/stopwatch.h"

namespace fit::style {
namespace {

// A program that runs for a moment only, or starts under load, computes no trends.
constexpr std::chrono::minutes kFirstLook{5};
constexpr std::chrono::hours kLookEvery{1};

}  // namespace

void TrendService::start() {
  task_.start([this](const std::stop_token&) {
    if (!task_.wait_for(kFirstLook)) return;
    do {
      if (const auto looked = look(now()); !looked) {
        parts_.log.error("trends are not computed", looked.error());
      }
    } while (task_.wait_for(kLookEvery));
  });
}

Result<bool> TrendService::is_due(Timestamp time) {
  FIT_TRY(const auto computed_at, trends_.computed_at());
  return !computed_at || time - *computed_at >= kEvery;
}

Result<void> TrendService::look(Timestamp time) {
  FIT_TRY(const bool due, is_due(time));
  if (!due) return {};
  jobs::NewJob job;
  job.kind = kJob;
  job.unique_key = kJob;
  FIT_CHECK(parts_.queue.add(job));
  return {};
}

jobs::Handler TrendService::handler() {
  return {.kind = std::string(kJob),
          .run = [this](const jobs::Job&, const std::stop_token& stop) { return compute(stop); },
          .concurrency = 1};
}

Result<void> TrendService::compute(const std::stop_token& stop) {
  const Timestamp time = now();
  FIT_TRY(const bool due, is_due(time));
  if (!due) return {};  // another process has computed them meanwhile
  const Stopwatch stopwatch;
  FIT_TRY(const auto reports, compute_trends(parts_.sources, time, stop));
  FIT_CHECK(trends_.put(reports));
  parts_.log.info("trends computed", {{"seconds", stopwatch.seconds()}});
  return {};
}

}  // namespace fit::style
