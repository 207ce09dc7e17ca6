#pragma once

#include <cstddef>
#include <functional>

#include "base/worker_pool.h"
#include "http/router.h"

namespace fit::http {

// The threads on which handlers run: one pool for each RunOn but kLoop, so that imports, writes, embeddings and
// other servers, however long they take, leave the threads of searches free. Thread-safe. The destructor runs what was accepted,
// then joins the threads.
class WorkerPools {
 public:
  // The number of threads of each pool.
  struct Sizes {
    std::size_t search = 1;
    std::size_t write = 1;
    std::size_t fetch = 1;
    std::size_t embed = 1;
    std::size_t import = 1;
  };
  // As many threads for searches and for imports, half as many for writes, a quarter for embeddings, and twice as
  // many, most of which wait, for fetches; at least one each. An import uses processors for its images alone,
  // and shares them with other writes (catalog/item_writer.h).
  static Sizes sizes_of(std::size_t worker_threads);

  // At most `max_queued` requests wait in each pool, and sixteen imports in theirs.
  WorkerPools(const Sizes& sizes, std::size_t max_queued);

  // Never blocks. False, without taking the task, when the pool's queue is full. `run_on` is not kLoop. A
  // task must not throw.
  [[nodiscard]] bool try_submit(RunOn run_on, std::function<void()> task);

  // Requests that wait for a thread, without imports.
  std::size_t queued() const {
    return search_.queued() + write_.queued() + fetch_.queued() + embed_.queued();
  }

 private:
  WorkerPool& pool_of(RunOn run_on);

  WorkerPool search_;
  WorkerPool write_;
  WorkerPool fetch_;
  WorkerPool embed_;
  WorkerPool import_;
};

}  // namespace fit::http
