#pragma once

#include <chrono>
#include <cstddef>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <stop_token>
#include <string>
#include <vector>

#include "base/log.h"
#include "base/result.h"
#include "base/worker_pool.h"
#include "http/principal.h"
#include "http/tenant_snapshot.h"
#include "search/merged_results.h"

namespace fit::http {

// What one of several tenants answered to a search.
struct TenantAnswer {
  std::string tenant;
  Result<search::TenantPage> page;
};

// Asks several tenants the same, side by side on threads of its own, so that a slow tenant does not hold up
// the others. A thread asks one tenant after the other, and holds one tenant at a time. Thread-safe; borrows
// nothing.
//
// A tenant that has not answered in time is not asked again until that call has returned, so that it does not
// take the threads of the others.
class Federation {
 public:
  struct Options {
    std::size_t threads = 8;  // at most MAX_OPEN_TENANTS, so that the tenants that wait for a place get one
    std::chrono::milliseconds time_limit{10'000};  // of the answers to one search
  };
  // `snapshot_of` is asked for each tenant, on the threads.
  Federation(SnapshotSource snapshot_of, const Options& options, Log log);
  ~Federation();
  Federation(const Federation&) = delete;
  Federation& operator=(const Federation&) = delete;

  // Asks one tenant. `stop` ends the call early.
  using Ask = std::function<Result<search::TenantPage>(const Principal& caller, const TenantSnapshot& tenant,
                                                       const std::stop_token& stop)>;

  // The answers, in the order of `callers`, each of which is in one of the tenants. `ask` and what it uses
  // must stay valid on their own, because a call that is late is stopped, but not waited for. A tenant that
  // did not answer has kDeadlineExceeded or kUnavailable, and the errors of `snapshot_of` and `ask`
  // otherwise. An error of the request itself, kMalformed or kUnsupportedMedia from any tenant, is the error
  // of the call; kCancelled when a stop is requested; kTooManyRequests when too many searches wait for the
  // threads.
  Result<std::vector<TenantAnswer>> ask(std::vector<Principal> callers, Ask ask, const std::stop_token& stop);

 private:
  struct Round;

  void work(const std::shared_ptr<Round>& round);
  Result<search::TenantPage> ask_one(const Round& round, const Principal& caller) const;
  bool is_late(const std::string& tenant);
  void add_late(const std::string& tenant, int change);
  void log_failures(const std::vector<TenantAnswer>& answers) const;

  const SnapshotSource snapshot_of_;
  const Options options_;
  const Log log_;
  std::mutex mutex_;
  std::map<std::string, int> late_;  // calls that were not waited for and still run, by tenant
  std::stop_source stop_;            // requested when the object ends
  WorkerPool pool_;
};

}  // namespace fit::http
