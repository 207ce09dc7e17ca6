#pragma once

#include <condition_variable>
#include <cstddef>
#include <deque>
#include <functional>
#include <mutex>
#include <thread>
#include <vector>

namespace fit {

// A fixed number of threads that run submitted tasks in order of arrival. Tasks may block.
// Thread-safe. The destructor runs all accepted tasks, then joins the threads.
class WorkerPool {
 public:
  // `threads` >= 1; at most `max_queued` tasks wait at a time.
  WorkerPool(std::size_t threads, std::size_t max_queued);
  ~WorkerPool();
  WorkerPool(const WorkerPool&) = delete;
  WorkerPool& operator=(const WorkerPool&) = delete;

  // Never blocks. False, without taking the task, when the queue is full or the pool is ending.
  // A task must not throw: an escaped exception ends the program.
  [[nodiscard]] bool try_submit(std::function<void()> task);

  std::size_t queued() const;
  std::size_t threads() const { return threads_.size(); }

 private:
  void run();

  const std::size_t max_queued_;
  mutable std::mutex mutex_;
  std::condition_variable wake_;
  std::deque<std::function<void()>> tasks_;
  bool ending_ = false;
  std::vector<std::thread> threads_;
};

}  // namespace fit
