#pragma once

#include <string>

#include "accounts/tenants.h"
#include "base/background_task.h"
#include "main/runtime.h"
#include "main/tenant_pool.h"

namespace fit {

// Opens the tenants whose queues have work, whose sources are due, or whose short links have expired, so that
// none of these waits for the next request to the tenant: it looks into the databases of all tenants in turn,
// and acquires those where something waits. It keeps no lease: where more tenants have work than may be open,
// they work in turns. Borrows what it is given.
class QueueTour {
 public:
  QueueTour(Runtime& runtime, TenantPool& tenants, accounts::Tenants& directory)
      : runtime_(runtime), tenants_(tenants), directory_(directory) {}
  ~QueueTour() { stop(); }
  QueueTour(const QueueTour&) = delete;
  QueueTour& operator=(const QueueTour&) = delete;

  void start();
  void stop() { task_.stop(); }

 private:
  Result<void> look(const std::stop_token& stop);
  Result<bool> has_work(const accounts::Tenant& tenant) const;

  Runtime& runtime_;
  TenantPool& tenants_;
  accounts::Tenants& directory_;
  bool is_failing_ = false;  // used by the task
  BackgroundTask task_;
};

}  // namespace fit
