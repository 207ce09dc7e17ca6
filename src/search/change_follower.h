#pragma once

#include <chrono>
#include <cstdint>
#include <vector>

#include "base/background_task.h"
#include "base/log.h"
#include "base/metrics.h"
#include "base/stopwatch.h"
#include "search/subscriber.h"

namespace fit::search {

// Applies catalogue changes to subscribers in the background: after notify(), which follows each write of
// this process, and every `poll` for writes of other processes. It writes checkpoints after many changes or
// some time. Errors of subscribers are logged, and the next poll tries again. Subscribers are updated in
// their order, and may belong to several followers; they must outlive the follower.
class ChangeFollower {
 public:
  // How often changes are read and checkpoints written.
  struct Options {
    std::chrono::milliseconds poll{1000};
    std::chrono::minutes checkpoint_every{5};
    std::int64_t checkpoint_after_changes = 50'000;
  };

  ChangeFollower(std::vector<Subscriber*> subscribers, Log log, Metrics& metrics, Options options);
  // Stops without applying further changes, and writes a checkpoint of each subscriber.
  ~ChangeFollower();
  ChangeFollower(const ChangeFollower&) = delete;
  ChangeFollower& operator=(const ChangeFollower&) = delete;

  // Announces changes to the subscribers and applies them soon. Thread-safe and quick.
  void notify();

 private:
  void run(const std::stop_token& stop);
  void follow(Subscriber& subscriber, const std::stop_token& stop);
  bool is_checkpoint_due() const;
  void checkpoint();

  const std::vector<Subscriber*> subscribers_;
  const Log log_;
  Metrics& metrics_;
  const Options options_;
  Stopwatch since_checkpoint_;
  BackgroundTask task_;
};

}  // namespace fit::search
