#include "main/metrics_server.h"

#include <utility>

#include "http/metrics_route.h"
#include "http/middleware.h"
#include "main/options.h"

namespace fit {
namespace {

// Few clients scrape metrics.
constexpr std::size_t kConnections = 64;
constexpr std::chrono::milliseconds kDrainTime{1'000};

// The settings of the server with the address of this listener.
HttpSettings listener_settings(const Config& config) {
  HttpSettings settings = config.http;
  settings.host = config.metrics.host;
  settings.port = config.metrics.port;
  settings.public_url.clear();
  settings.max_connections = kConnections;
  settings.max_connections_per_peer = kConnections;
  return settings;
}

std::unique_ptr<http::Authenticator> authenticator_for(const Config& config, const HttpSettings& settings,
                                                       accounts::Accounts& accounts, const Log& log) {
  if (!listens_beyond_loopback(settings)) return std::make_unique<http::OpenAccess>();
  auto keys = std::make_unique<http::AccountAuthenticator>(
      accounts,
      http::AccountAuthenticator::Options{.api_key = config.access.api_key,
                                          .max_token_lifetime = config.access.max_token_lifetime},
      log);
  keys->start();
  return keys;
}

// Names the settings of this listener instead of the server's.
Error renamed(Error error) {
  if (error.field == "APP_PORT") error.field = "METRICS_PORT";
  if (error.field == "APP_HOST") error.field = "METRICS_HOST";
  return error;
}

}  // namespace

MetricsServer::MetricsServer(const Config& config, sql::Database& database, const Log& log)
    : config_(config), log_(log), accounts_(database, session_limits(config.access)) {}

Result<std::unique_ptr<MetricsServer>> MetricsServer::start(const Config& config, sql::Database& database,
                                                            const Metrics& shown, const Log& log) {
  if (config.metrics.port == 0 || !config.metrics.is_on) return nullptr;
  std::unique_ptr<MetricsServer> server(new MetricsServer(config, database, log));
  FIT_CHECK(server->open(shown));
  return server;
}

Result<void> MetricsServer::open(const Metrics& shown) {
  const HttpSettings settings = listener_settings(config_);
  authenticator_ = authenticator_for(config_, settings, accounts_, log_);
  FIT_TRY(const http::MiddlewareOptions middleware,
          middleware_options(settings, own_metrics_, log_, *authenticator_));
  FIT_TRY(http::ServerOptions options, server_options(settings, config_.storage.path, nullptr));
  options.io_threads = 1;
  options.worker_threads = 1;
  options.drain_time_limit = kDrainTime;
  options.handles_signals = false;
  options.on_listening = [this](const std::string&, std::uint16_t) { listening_.set_value({}); };
  http::Router router;
  http::add_metrics_route(router, shown);
  server_ = std::make_unique<http::Server>(std::move(options), std::move(router),
                                           http::standard_middleware(middleware), own_metrics_, log_);
  thread_ = std::thread([this] {
    // After the listener is there, run() ends with stop() only.
    if (auto served = server_->run(); !served) listening_.set_value(renamed(std::move(served).error()));
  });
  return listening_.get_future().get();
}

MetricsServer::~MetricsServer() {
  if (!thread_.joinable()) return;
  server_->stop();
  thread_.join();
}

}  // namespace fit
