#pragma once

#include <gtest/gtest.h>

#include <chrono>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "base/metrics.h"
#include "base/temp_dir.h"
#include "cache/redis_pool.h"
#include "jobs/queue.h"
#include "jobs/redis_dispatch.h"
#include "sql/database.h"

namespace fit::jobs::testing {

// What the tests of a queue run on: the engines, and "redis", which is SQLite with a dispatch by Redis.
inline std::vector<std::string> backends() {
  return {"sqlite", "postgresql", "redis"};
}

// Whether this machine has the engine, or Redis.
bool is_available(const std::string& engine);

// Opens the database of a folder on the engine of a backend, with the tables of this folder. Throws
// std::runtime_error.
std::unique_ptr<sql::Database> open_database(const std::string& engine, const TempDir& folder);
// Opens a PostgreSQL database in the same way.
std::unique_ptr<sql::Database> open_postgres_database(const std::string& url);

// A dispatch for a queue of its own, by a Redis server that all tests of this process share unless another
// one is given.
class TestDispatch {
 public:
  // Which server and queue, and how often the database is looked into.
  struct Options {
    std::string url = {};       // of the server; empty: the shared one
    std::string queue_id = {};  // empty: one that no other dispatch has
    std::chrono::milliseconds look_period{0};
    std::chrono::milliseconds lease{30'000};
    std::size_t most_tickets = 2'000;
  };
  explicit TestDispatch(const Options& options);

  RedisDispatch& operator*() { return *dispatch_; }
  RedisDispatch* operator->() { return dispatch_.get(); }
  RedisDispatch* get() { return dispatch_.get(); }
  cache::RedisPool& redis() { return *redis_; }
  Metrics& metrics() { return metrics_; }

 private:
  Metrics metrics_;
  std::unique_ptr<cache::RedisPool> redis_;
  std::unique_ptr<RedisDispatch> dispatch_;
};

// Waits until a condition holds, for at most a minute. Returns whether it holds.
bool eventually(const std::function<bool()>& condition);

// A queue in an empty database of each backend, with a clock that stands still until the test moves it.
class QueueTest : public ::testing::TestWithParam<std::string> {
 protected:
  void SetUp() override;

  // Adds a job of kind "test" unless the job says otherwise. Fails the test where it cannot be added.
  JobId add(NewJob job = {});
  // Claims up to `limit` jobs of a kind for a worker.
  std::vector<Job> claim(std::size_t limit = 1, const std::string& worker = "one",
                         const std::string& kind = "test");
  std::vector<JobId> claim_ids(std::size_t limit);
  void finish(const Job& job, const Outcome& outcome = {});
  static Outcome failure(ErrorClass error_class);
  Job find(JobId id);

  // Without fractions of a second, so that times of tests add up.
  Timestamp time_ = Timestamp(std::chrono::seconds(1'800'000'000));
  TempDir folder_;
  std::unique_ptr<sql::Database> database_;
  std::unique_ptr<TestDispatch> dispatch_;  // null without Redis
  std::unique_ptr<Queue> queue_;
};

}  // namespace fit::jobs::testing
