#include "jobs/queue_upkeep.h"

#include <algorithm>
#include <utility>

namespace fit::jobs {
namespace {

constexpr std::size_t kPrunedAtOnce = 500;
constexpr std::chrono::minutes kPrunePeriod{1};
constexpr std::chrono::milliseconds kPrunePause{100};  // between two steps, for other writers

double seconds_since(Timestamp from, Timestamp to) {
  return std::max(0.0, std::chrono::duration<double>(to - from).count());
}

}  // namespace

QueueUpkeep::QueueUpkeep(Parts parts, const Options& options)
    : queue_(parts.queue), log_(std::move(parts.log)), metrics_(parts.metrics), options_(options) {}

void QueueUpkeep::start() {
  task_.start([this](const std::stop_token& stop) {
    auto next_prune = std::chrono::steady_clock::now();
    do {
      count();
      if (std::chrono::steady_clock::now() >= next_prune) {
        prune(stop);
        next_prune = std::chrono::steady_clock::now() + kPrunePeriod;
      }
    } while (task_.wait_for(options_.period));
  });
}

void QueueUpkeep::stop() {
  task_.stop();
}

std::vector<QueueState> QueueUpkeep::queues() const {
  const std::lock_guard lock(mutex_);
  return queues_;
}

void QueueUpkeep::count() {
  auto queues = queue_.queues();
  if (!queues) {
    if (!std::exchange(is_failing_, true))
      log_.warning("jobs are not counted", {{"reason", queues.error().describe()}});
    return;
  }
  is_failing_ = false;
  show(*queues);
  const std::lock_guard lock(mutex_);
  queues_ = *std::move(queues);
}

void QueueUpkeep::show(const std::vector<QueueState>& queues) {
  const Timestamp time = now();
  std::set<std::string> gone = shown_;
  for (const QueueState& queue : queues) {
    show(queue, time);
    gone.erase(queue.name);
    shown_.insert(queue.name);
  }
  for (const std::string& name : gone) show({.name = name}, time);
}

void QueueUpkeep::show(const QueueState& queue, Timestamp time) {
  const Labels labels{{"queue", queue.name}};
  const auto show_one = [&](const char* name, const char* help, double value) {
    metrics_.gauge(name, help, labels).set(value);
  };
  show_one("queue_depth", "Jobs that wait, those with a delay among them",
           static_cast<double>(queue.waiting + queue.delayed));
  show_one("queue_running_jobs", "Jobs that workers have", static_cast<double>(queue.running));
  show_one("queue_dead_letters", "Jobs that failed for good", static_cast<double>(queue.dead));
  show_one("queue_oldest_age_seconds", "How long the oldest waiting job could have been claimed",
           queue.oldest_waiting ? seconds_since(*queue.oldest_waiting, time) : 0);
  show_one("queue_paused", "Whether no job of the queue is claimed: 1 or 0", queue.is_paused ? 1 : 0);
}

void QueueUpkeep::prune(const std::stop_token& stop) {
  for (;;) {
    const auto pruned = queue_.prune(now() - options_.retention, kPrunedAtOnce);
    if (!pruned) {
      log_.warning("finished jobs are not removed", {{"reason", pruned.error().describe()}});
      return;
    }
    if (*pruned < static_cast<std::int64_t>(kPrunedAtOnce) || !wait_unless_stopped(stop, kPrunePause)) return;
  }
}

}  // namespace fit::jobs
