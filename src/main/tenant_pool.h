#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "accounts/accounts.h"
#include "base/background_task.h"
#include "base/keyed_pool.h"
#include "base/result.h"
#include "main/request_counts.h"
#include "main/runtime.h"
#include "main/tenant.h"

namespace fit {

// The tenants of a server. "default" is open for as long as the server runs; each other one is opened when it
// is first used, and closed when nobody has used it for TENANT_IDLE_TIME or others need its place
// (MAX_OPEN_TENANTS). All share the parts of the Runtime: models are loaded once. Thread-safe. Borrows what
// it is given.
//
// A tenant that another process removes, or gives other settings, is closed within a second or two; requests
// that use it finish on it.
class TenantPool {
 public:
  // `accounts` are those of `first`, which is the tenant "default" and has been started.
  TenantPool(Runtime& runtime, Tenant& first, accounts::Accounts& accounts);
  ~TenantPool() { stop(); }
  TenantPool(const TenantPool&) = delete;
  TenantPool& operator=(const TenantPool&) = delete;

  // Starts to close what is idle or outdated.
  void start();
  // Ends that, and closes all tenants except "default". No lease may be left.
  void stop();

  // A started tenant; it is not closed while a lease of it exists. Blocks while it is opened, for up to some
  // seconds until its index is complete, and while MAX_OPEN_TENANTS others are in use. kNotFound for a tenant
  // that does not exist; kUnavailable when no place became free, or with a missing catalogue; the errors of
  // Tenant::open(). A caller that needs many tenants takes one after the other, or fewer than
  // MAX_OPEN_TENANTS at a time.
  Result<std::shared_ptr<Tenant>> acquire(const std::string& name);

  // The names of all tenants, "default" first. Blocks.
  Result<std::vector<std::string>> names();

  // Takes a request of a tenant from its quota of the day. kTooManyRequests when that is used up.
  Result<void> count_request(const Tenant& tenant);

  // Closes a tenant, which the directory no longer has as ready; waits for its leases. kConflict when one
  // stays for too long.
  Result<void> close(const std::string& name);
  // Applies a change of the directory at once: other settings to those who acquire the tenant from now on,
  // other quotas to all.
  void changed(const accounts::Tenant& tenant);

  // The number of tenants that are open, without "default".
  std::size_t open_count() const { return pool_.size(); }

 private:
  Result<std::unique_ptr<Tenant>> open(const std::string& name);
  void take_out(const std::string& name);
  void follow();
  Result<void> follow_directory();
  bool is_outdated(const std::string& name, const accounts::Tenant& record);

  Runtime& runtime_;
  const std::shared_ptr<Tenant> first_;  // does not own it
  accounts::Accounts& accounts_;
  RequestCounts counts_;
  std::mutex mutex_;
  std::map<std::string, accounts::Tenant>
      opened_;                      // the records that tenants were opened with, under the mutex
  std::int64_t seen_version_ = -1;  // used by the task only
  KeyedPool<Tenant> pool_;
  BackgroundTask task_;
};

}  // namespace fit
