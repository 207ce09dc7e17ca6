#include "search/change_follower.h"

#include <algorithm>

#include "base/format.h"

namespace fit::search {
namespace {

constexpr std::chrono::seconds kProgressEvery{5};

}  // namespace

ChangeFollower::ChangeFollower(std::vector<Subscriber*> subscribers, Log log, Metrics& metrics,
                               Options options)
    : subscribers_(std::move(subscribers)), log_(std::move(log)), metrics_(metrics), options_(options) {
  task_.start([this](const std::stop_token& stop) { run(stop); });
}

ChangeFollower::~ChangeFollower() {
  task_.stop();
  checkpoint();
}

void ChangeFollower::notify() {
  for (Subscriber* const subscriber : subscribers_) subscriber->announce();
  task_.wake();
}

void ChangeFollower::run(const std::stop_token& stop) {
  do {
    for (Subscriber* const subscriber : subscribers_) follow(*subscriber, stop);
    if (!stop.stop_requested() && is_checkpoint_due()) checkpoint();
  } while (task_.wait_for(options_.poll));
}

void ChangeFollower::follow(Subscriber& subscriber, const std::stop_token& stop) {
  const bool was_complete = subscriber.is_complete();
  Progress progress;
  if (!was_complete) {
    progress = [this, &subscriber, since_report = Stopwatch()](std::int64_t done,
                                                               std::int64_t total) mutable {
      if (since_report.elapsed() < kProgressEvery) return;
      since_report = Stopwatch();
      log_.info("building the index", {{"index", subscriber.name()}, {"done", done}, {"total", total}});
    };
  }
  const auto caught_up = subscriber.catch_up(progress, stop);
  if (!caught_up && caught_up.error().code != ErrorCode::kCancelled) {
    log_.error(fit::format("the index \"{}\" is behind the catalogue", subscriber.name()), caught_up.error());
  } else if (!was_complete && subscriber.is_complete()) {
    log_.info("index is complete", {{"index", subscriber.name()}, {"position", subscriber.position()}});
  }
  subscriber.show(metrics_);
}

bool ChangeFollower::is_checkpoint_due() const {
  std::int64_t unsaved = 0;
  for (const Subscriber* const one : subscribers_) unsaved = std::max(unsaved, one->unsaved_changes());
  return unsaved > 0 && (unsaved >= options_.checkpoint_after_changes ||
                         since_checkpoint_.elapsed() >= options_.checkpoint_every);
}

void ChangeFollower::checkpoint() {
  for (Subscriber* const one : subscribers_) {
    if (const auto saved = one->checkpoint(); !saved)
      log_.error(fit::format("the checkpoint of the index \"{}\" failed", one->name()), saved.error());
  }
  since_checkpoint_ = Stopwatch();
}

}  // namespace fit::search
