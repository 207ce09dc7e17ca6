#pragma once

#include <chrono>
#include <mutex>
#include <optional>

#include "base/background_task.h"
#include "base/log.h"
#include "base/metrics.h"
#include "search/vector_searcher.h"
#include "store/catalogue.h"

namespace fit::search {

// Measures the state of an index in the background: its size, its images, the share of images without a
// vector, and the number of vectors of texts. It measures every second, and less often where measuring is
// slow, so that it takes at most a twentieth of one connection's time. Borrows its parts.
class StateMetrics {
 public:
  // `text_space`: the id of the text space; 0: there is none.
  StateMetrics(store::Catalogue& store, const VectorSearcher& searcher, std::int64_t text_space, Log log,
               Metrics& metrics);
  ~StateMetrics();  // sets the metrics of the space to 0
  StateMetrics(const StateMetrics&) = delete;
  StateMetrics& operator=(const StateMetrics&) = delete;

  // One measurement.
  struct State {
    store::Counts counts;
    SearcherState index;
    std::size_t missing = 0;   // images without a vector in the space
    double missing_ratio = 0;  // of all images
    std::int64_t text_vectors = 0;
  };
  // Measures the state when that is quick, otherwise returns the last measurement. Thread-safe; may block.
  // The errors of the store.
  Result<State> state();

 private:
  void run();
  Result<void> measure();
  void show(const State& state);

  store::Catalogue& store_;
  const VectorSearcher& searcher_;
  const std::int64_t text_space_;
  const Log log_;
  Metrics& metrics_;
  std::mutex mutex_;           // guards last_ and slow_in_a_row_
  std::optional<State> last_;  // nullopt: not measured yet
  int slow_in_a_row_ = 0;      // consecutive slow measurements up to the last one
  BackgroundTask task_;
};

}  // namespace fit::search
