#pragma once

#include <cstdint>
#include <map>
#include <mutex>
#include <string>

#include "accounts/tenants.h"
#include "base/log.h"
#include "base/result.h"

namespace fit {

// Counts the requests of tenants by day, together with other processes: each adds its own to the directory
// every few seconds, and reads the sum there. Between two exchanges the processes may together go beyond a
// quota. Thread-safe. Borrows the directory.
class RequestCounts {
 public:
  RequestCounts(accounts::Tenants& directory, Log log) : directory_(directory), log_(std::move(log)) {}

  // Counts a request. kTooManyRequests naming the quota once the tenant has sent `limit` of them today; 0: no
  // limit. The first request of a tenant on a day blocks for the directory, whose errors are logged and let
  // it pass.
  Result<void> take(const std::string& tenant, std::int64_t limit);

  // Adds what was counted since the last call to the directory. Blocks. What cannot be added stays for the
  // next call.
  void store();

 private:
  struct Count {
    std::int64_t day = 0;      // since 1970, UTC
    std::int64_t known = 0;    // in the directory at the last exchange
    std::int64_t waiting = 0;  // counted since
  };

  Result<void> exchange(const std::string& tenant, std::int64_t day, std::int64_t requests);

  accounts::Tenants& directory_;
  const Log log_;
  std::mutex mutex_;
  std::map<std::string, Count> counts_;  // by tenant, under the mutex
};

}  // namespace fit
