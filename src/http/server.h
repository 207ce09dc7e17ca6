#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "base/log.h"
#include "base/metrics.h"
#include "base/result.h"
#include "http/middleware.h"
#include "http/router.h"

namespace fit::http {

// The address, threads and limits of a server.
struct ServerOptions {
  std::string host = "127.0.0.1";
  std::uint16_t port = 8000;
  std::size_t io_threads = 2;       // event loops
  std::size_t worker_threads = 16;  // of searches; WorkerPools::sizes_of() says what the others get
  std::size_t max_queued = 256;     // requests that wait in a pool; one more gets 429
  std::size_t max_connections = 4096;
  std::chrono::milliseconds request_time_limit{30'000};  // none for imports
  std::chrono::milliseconds idle_time_limit{600'000};    // then an idle connection is closed
  std::chrono::milliseconds drain_time_limit{30'000};    // for in-flight requests when the server stops
  std::filesystem::path scratch_path;  // private to this process; holds bodies that are too large for memory
  std::string version;                 // shown in the log
};

// An HTTP/1.1 server. Each request passes the middleware and the handler of its route. A process has at most
// one server, and run() is called once, because Drogon's application is a singleton. Owns the router and the
// middleware; `metrics` must outlive it.
class Server {
 public:
  Server(ServerOptions options, Router router, std::vector<Middleware> middleware, Metrics& metrics, Log log);
  ~Server();
  Server(const Server&) = delete;
  Server& operator=(const Server&) = delete;

  // Serves on the calling thread until stop(), SIGTERM or SIGINT, then refuses new requests, finishes
  // in-flight requests and returns. A second signal ends the process at once. Errors before the first
  // request: kConflict naming APP_PORT when it is in use, kInvalid naming APP_PORT or APP_HOST when it cannot
  // be listened on.
  Result<void> run();

  // Makes run() return soon. Thread-safe; does not block; may be called any number of times.
  void stop();

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace fit::http
