#pragma once

#include <cstddef>
#include <functional>

#include "base/worker_pool.h"
#include "http/router.h"

namespace fit::http {

// The threads on which handlers run: one pool for each RunOn except kLoop, so that long imports, writes,
// embeddings and fetches do not occupy the threads of searches. Thread-safe. The destructor runs all accepted
// tasks, then joins the threads.
class WorkerPools {
 public:
  // The number of threads of each pool.
  struct Sizes {
    std::size_t search = 1;
    std::size_t write = 1;
    std::size_t fetch = 1;
    std::size_t embed = 1;
    std::size_t import = 1;
    std::size_t ingest = 1;
    std::size_t sign_in = 1;
  };
  // `worker_threads` threads for searches and as many for imports, half as many for writes, a quarter for
  // embeddings, twice as many for fetches and four times as many for files to be ingested, which mostly wait;
  // at least one each. Imports and writes share
  // a limit on the images that they decode at a time (catalog/item_writer.h). Two threads hash passwords, at
  // 64 MiB each, so that many sign-ins at a time cannot occupy the machine.
  static Sizes sizes_of(std::size_t worker_threads);

  // At most `max_queued` requests wait in each pool, and at most sixteen imports and sixteen sign-ins.
  WorkerPools(const Sizes& sizes, std::size_t max_queued);

  // Never blocks. False, without taking the task, when the pool's queue is full. `run_on` is not kLoop. A
  // task must not throw.
  [[nodiscard]] bool try_submit(RunOn run_on, std::function<void()> task);

  // Requests that wait for a thread, except imports and sign-ins.
  std::size_t queued() const {
    return search_.queued() + write_.queued() + fetch_.queued() + embed_.queued() + ingest_.queued();
  }

 private:
  WorkerPool& pool_of(RunOn run_on);

  WorkerPool search_;
  WorkerPool write_;
  WorkerPool fetch_;
  WorkerPool embed_;
  WorkerPool import_;
  WorkerPool ingest_;
  WorkerPool sign_in_;
};

}  // namespace fit::http
