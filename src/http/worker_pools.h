#pragma once

#include <cstddef>
#include <functional>

#include "base/worker_pool.h"
#include "http/router.h"

namespace fit::http {

// The threads on which handlers run: one pool for each RunOn except kLoop, so that long imports and writes do
// not occupy the threads of searches. Thread-safe. The destructor runs all accepted tasks, then joins the
// threads.
class WorkerPools {
 public:
  // The number of threads of each pool.
  struct Sizes {
    std::size_t search = 1;
    std::size_t write = 1;
    std::size_t import = 1;
  };
  // `worker_threads` threads for searches, half as many for writes and a sixteenth for imports, at least one
  // each.
  static Sizes sizes_of(std::size_t worker_threads);

  // At most `max_queued` requests wait for searches, `max_queued` for writes and four for imports.
  WorkerPools(const Sizes& sizes, std::size_t max_queued);

  // Never blocks. False, without taking the task, when the pool's queue is full. `run_on` is not kLoop. A
  // task must not throw.
  [[nodiscard]] bool try_submit(RunOn run_on, std::function<void()> task);

  // Searches and writes that wait for a thread.
  std::size_t queued() const { return search_.queued() + write_.queued(); }

 private:
  WorkerPool& pool_of(RunOn run_on);

  WorkerPool search_;
  WorkerPool write_;
  WorkerPool import_;
};

}  // namespace fit::http
