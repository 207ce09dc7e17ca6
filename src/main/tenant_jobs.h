#pragma once

#include <memory>
#include <string>
#include <vector>

#include "base/config.h"
#include "base/log.h"
#include "base/metrics.h"
#include "base/result.h"
#include "cache/redis_pool.h"
#include "jobs/bulk_retry.h"
#include "jobs/messenger.h"
#include "jobs/queue.h"
#include "jobs/queue_upkeep.h"
#include "jobs/redis_dispatch.h"
#include "jobs/workers.h"
#include "sql/database.h"

namespace fit {

// The queue of a tenant and what works on it in this process. start() and stop() are for the owner; the rest
// is thread-safe. Borrows the database, Redis and the metrics.
class TenantJobs {
 public:
  struct Parts {
    sql::Database& database;
    cache::RedisPool* redis = nullptr;  // of QUEUE_BACKEND=redis; null: another backend
    std::string queue_id = {};          // names the database; empty without Redis
    std::string database_url;
    Log log;
    Metrics& metrics;
    Tracer tracer = {};  // of jobs; by default nothing is traced
  };
  TenantJobs(Parts parts, const JobSettings& settings);
  ~TenantJobs() { stop(); }
  TenantJobs(const TenantJobs&) = delete;
  TenantJobs& operator=(const TenantJobs&) = delete;

  // Starts to count jobs, and to work on those that `handlers` do, as far as the settings name their queues.
  // Call it once. kInvalid naming QUEUES for a queue that no handler works on.
  Result<void> start(std::vector<jobs::Handler> handlers);
  // Gives back what is not finished. Later calls do nothing.
  void stop();
  // Begins the stop without waiting.
  void request_stop();

  jobs::Queue& queue() { return queue_; }
  jobs::BulkRetry& bulk_retry() { return bulk_retry_; }
  std::vector<jobs::QueueState> queues() const { return upkeep_.queues(); }
  std::size_t active() const { return workers_ ? workers_->active() : 0; }
  std::size_t threads() const { return workers_ ? settings_.workers : 0; }

 private:
  void start_messenger();
  Result<std::vector<jobs::Handler>> chosen(std::vector<jobs::Handler> handlers) const;

  const Parts parts_;
  const JobSettings settings_;
  const std::unique_ptr<jobs::RedisDispatch> dispatch_;  // null without Redis
  jobs::Queue queue_;
  jobs::BulkRetry bulk_retry_;
  jobs::QueueUpkeep upkeep_;
  std::unique_ptr<jobs::Workers> workers_;      // null: this process works on no jobs
  std::unique_ptr<jobs::Messenger> messenger_;  // null: no other process can be told
};

}  // namespace fit
