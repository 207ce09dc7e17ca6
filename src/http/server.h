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

struct ServerOptions {
  std::string host = "127.0.0.1";
  std::uint16_t port = 8000;
  std::size_t io_threads = 2;       // event loops
  std::size_t worker_threads = 16;  // of searches; WorkerPools::sizes_of() says what the others get
  std::size_t max_queued = 256;     // requests that wait in a pool; one more gets 429
  std::size_t max_connections = 4096;
  std::chrono::milliseconds request_time_limit{30'000};  // none for imports
  std::chrono::milliseconds idle_time_limit{600'000};    // of a connection on which nothing moves
  std::chrono::milliseconds drain_time_limit{30'000};    // for requests that run when the server stops
  std::filesystem::path scratch_path;  // of this process alone: holds bodies that are too large for memory
  std::string version;                 // for the log
};

// An HTTP/1.1 server. It hands each request to the middleware and to the route that takes it, and each
// response back. One at a time in a process, and run() once: Drogon's application is a singleton. Owns the
// router and the middleware; `metrics` must outlive it.
class Server {
 public:
  Server(ServerOptions options, Router router, std::vector<Middleware> middleware, Metrics& metrics, Log log);
  ~Server();
  Server(const Server&) = delete;
  Server& operator=(const Server&) = delete;

  // Serves on the calling thread until stop(), SIGTERM or SIGINT, then refuses new requests, finishes those
  // that run and returns. A second signal ends the process at once. Errors, before anything is served:
  // kConflict naming APP_PORT (in use), kInvalid naming APP_PORT or APP_HOST (cannot be listened on).
  Result<void> run();

  // Makes run() return soon. Thread-safe; does not block; may be called any number of times.
  void stop();

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace fit::http
