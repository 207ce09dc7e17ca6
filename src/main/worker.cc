#include "main/worker.h"

#include <condition_variable>
#include <mutex>

#include "base/service_manager.h"
#include "main/exit_limit.h"
#include "main/metrics_server.h"
#include "main/runtime.h"
#include "main/tenant.h"
#include "monitor/process_metrics.h"

namespace fit {
namespace {

void wait_for(const std::stop_token& stop) {
  std::mutex mutex;
  std::condition_variable_any stopped;
  std::unique_lock lock(mutex);
  stopped.wait(lock, stop, [] { return false; });
}

void tell(const ServiceManager& manager, std::string_view lines, const Log& log) {
  if (const auto sent = manager.send(lines); !sent) {
    log.warning("the service manager cannot be told", {{"error", sent.error().describe()}});
  }
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
  monitor::show_process(runtime->metrics(), config.storage.path);
  // Ends before the tenant, whose metrics it shows.
  FIT_TRY(auto metrics_server,
          MetricsServer::start(config, tenant->store().database(), runtime->metrics(), log));
  FIT_CHECK(tenant->work());
  log.info("working on jobs", {{"workers", config.jobs.workers},
                               {"queues", config.jobs.queues.empty() ? "all" : config.jobs.queues}});
  const ServiceManager manager(environment_value);
  tell(manager, "READY=1\nSTATUS=working on jobs", log);
  wait_for(stop);
  tell(manager, "STOPPING=1\nSTATUS=stopping", log);
  exit_limit.start();
  metrics_server.reset();
  runtime->request_stop();
  tenant->stop();
  return {};
}

}  // namespace fit
