#include "main/worker.h"

#include <condition_variable>
#include <mutex>

#include "main/exit_limit.h"
#include "main/runtime.h"
#include "main/tenant.h"

namespace fit {
namespace {

void wait_for(const std::stop_token& stop) {
  std::mutex mutex;
  std::condition_variable_any stopped;
  std::unique_lock lock(mutex);
  stopped.wait(lock, stop, [] { return false; });
}

}  // namespace

Result<void> work(const Config& config, const Log& log, const std::stop_token& stop) {
  if (config.jobs.backend == "inproc") {
    return invalid("QUEUE_BACKEND",
                   "must be database or redis for fit worker: with inproc only the server works on jobs");
  }
  if (config.jobs.workers == 0) return invalid("WORKERS", "must be at least 1 for fit worker");
  // Declared first, so that it is destroyed after everything whose end it limits.
  ExitLimit exit_limit(config.http.shutdown_timeout, log);
  FIT_TRY(const auto runtime, Runtime::open(config, log, {.is_server = false, .works_on_jobs = true}));
  FIT_TRY(const auto tenant, Tenant::open(*runtime, config, {}));
  FIT_CHECK(tenant->work());
  log.info("working on jobs", {{"workers", config.jobs.workers},
                               {"queues", config.jobs.queues.empty() ? "all" : config.jobs.queues}});
  wait_for(stop);
  exit_limit.start();
  runtime->request_stop();
  tenant->stop();
  return {};
}

}  // namespace fit
