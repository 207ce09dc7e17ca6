#pragma once

#include <chrono>
#include <condition_variable>
#include <mutex>
#include <thread>

#include "base/log.h"
#include "base/metrics.h"
#include "search/backend.h"

namespace fit::search {

// A thread that measures how a database's index stands, every `every`: its size, the images in it and the
// share that has no vector yet. Does not own its parts.
class StateMetrics {
 public:
  StateMetrics(store::Store& store, const Backend& backend, Log log, Metrics& metrics,
               std::chrono::milliseconds every = std::chrono::seconds(30));
  ~StateMetrics();
  StateMetrics(const StateMetrics&) = delete;
  StateMetrics& operator=(const StateMetrics&) = delete;

 private:
  void run();
  Result<void> measure();

  store::Store& store_;
  const Backend& backend_;
  const Log log_;
  Metrics& metrics_;
  const std::chrono::milliseconds every_;
  std::mutex mutex_;
  std::condition_variable wake_;
  bool stop_ = false;
  std::thread thread_;
};

}  // namespace fit::search
