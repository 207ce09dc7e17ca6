#pragma once

#include <chrono>
#include <mutex>
#include <optional>

#include "base/background_task.h"
#include "base/log.h"
#include "base/metrics.h"
#include "search/backend.h"

namespace fit::search {

// A thread that measures how the index stands: its size, the images in it and the share that has no vector
// yet, and how many texts have theirs, once a second, and less often where that takes long, so that it costs
// a twentieth of one connection's time at most. Does not own its parts.
class StateMetrics {
 public:
  // `text_space`: the id of the space of texts; 0: there is none.
  StateMetrics(store::Catalogue& store, const Backend& backend, std::int64_t text_space, Log log,
               Metrics& metrics);
  ~StateMetrics();  // the space's metrics say that nothing is in it
  StateMetrics(const StateMetrics&) = delete;
  StateMetrics& operator=(const StateMetrics&) = delete;

  struct State {
    store::Counts counts;
    BackendState backend;
    std::size_t missing = 0;   // images without a vector in the space
    double missing_ratio = 0;  // of all images
    std::int64_t text_vectors = 0;
  };
  // Measured now where that is quick, else what was measured last. Thread-safe. The errors of the store.
  Result<State> state();

 private:
  void run();
  Result<void> measure();
  void show(const State& state);

  store::Catalogue& store_;
  const Backend& backend_;
  const std::int64_t text_space_;
  const Log log_;
  Metrics& metrics_;
  std::mutex mutex_;
  std::optional<State> last_;
  int slow_ = 0;         // measurings in a row, up to the last
  BackgroundTask task_;  // the last member: it ends before what it uses
};

}  // namespace fit::search
