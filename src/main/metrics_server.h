#pragma once

#include <future>
#include <memory>
#include <optional>
#include <thread>

#include "accounts/accounts.h"
#include "base/config.h"
#include "base/log.h"
#include "base/metrics.h"
#include "http/account_authenticator.h"
#include "http/server.h"
#include "sql/database.h"

namespace fit {

// The listener of METRICS_HOST and METRICS_PORT: plain HTTP, with /metrics and nothing else. On loopback it
// asks nobody who is there; elsewhere it asks for a key with the scope `metrics`. Its own requests are not
// counted.
class MetricsServer {
 public:
  // Listens when this returns; null where METRICS_PORT is 0 or METRICS_ENABLED is false. Everything that is
  // given must outlive the server. Errors of http::Server::run(), naming METRICS_PORT or METRICS_HOST.
  static Result<std::unique_ptr<MetricsServer>> start(const Config& config, sql::Database& database,
                                                      const Metrics& shown, const Log& log);
  // Waits for requests that are being handled, at most for a second.
  ~MetricsServer();
  MetricsServer(const MetricsServer&) = delete;
  MetricsServer& operator=(const MetricsServer&) = delete;

 private:
  MetricsServer(const Config& config, sql::Database& database, const Log& log);
  Result<void> open(const Metrics& shown);

  const Config& config_;
  const Log log_;
  Metrics own_metrics_;
  accounts::Accounts accounts_;
  std::unique_ptr<http::Authenticator> authenticator_;
  std::unique_ptr<http::Server> server_;
  std::promise<Result<void>> listening_;  // set once, by the thread
  std::thread thread_;
};

}  // namespace fit
