#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "base/log.h"
#include "base/metrics.h"
#include "base/result.h"
#include "http/body_space.h"
#include "http/middleware.h"
#include "http/router.h"
#include "http/tls_certificate.h"
#include "http/trusted_proxies.h"

namespace fit::http {

// The address, threads and limits of a server.
struct ServerOptions {
  std::string host = "127.0.0.1";
  std::uint16_t port = 8000;
  std::size_t io_threads = 2;       // event loops
  std::size_t worker_threads = 16;  // of searches; WorkerPools::sizes_of() says what the others get
  std::size_t max_queued = 256;     // requests that wait in a pool; one more gets 429
  std::size_t max_connections = 4096;
  // A peer is an IPv4 address or an IPv6 network of 64 bits. Trusted proxies have no such limit.
  std::size_t max_connections_per_peer = 1024;
  std::chrono::milliseconds request_time_limit{30'000};  // for handlers; none for imports
  // For the head of a request, and for the TLS handshake with the silence after it.
  std::chrono::milliseconds receive_time_limit{10'000};
  std::chrono::milliseconds idle_time_limit{75'000};  // then an idle connection is closed
  // The lowest average rate of a body and of a response, once receive_time_limit has passed.
  std::size_t least_bytes_per_second = 4096;
  std::chrono::milliseconds drain_time_limit{30'000};  // for in-flight requests when the server stops
  // Called once when the server begins to stop, from any thread, before it refuses requests. Must not block.
  std::function<void()> on_stop = [] {};
  // Called once when the server listens, with its numeric address (an IPv6 one in brackets) and its port,
  // from the thread of run(). Must not block.
  std::function<void(const std::string& address, std::uint16_t port)> on_listening = [](const auto&, auto) {};
  bool handles_signals =
      true;  // of several servers in a process one may handle signals; others are stopped by stop()
  BodySpace::Limits body_limits;       // for all request bodies together
  std::filesystem::path scratch_path;  // private to this process; holds bodies that are too large for memory
  std::string version;                 // shown in the log
  TrustedProxies trusted_proxies;
  TlsCertificate* tls = nullptr;  // null: plain HTTP; must outlive the server
};

// An HTTP/1.1 server. Each request passes the middleware and the handler of its route. Requests that are not
// valid HTTP, too large or too slow are refused before they reach a worker, within bounds of memory and disk
// (RequestParser, BodySpace, ServerOptions). Owns the router and the middleware; `metrics` must outlive it.
class Server {
 public:
  Server(ServerOptions options, Router router, std::vector<Middleware> middleware, Metrics& metrics, Log log);
  ~Server();
  Server(const Server&) = delete;
  Server& operator=(const Server&) = delete;

  // Serves on the calling thread and on the threads of further event loops until stop(), SIGTERM or SIGINT
  // (with ServerOptions::handles_signals). Then refuses new connections and requests, requests the stop of
  // imports at once and of other handlers after four fifths of the drain time limit, and returns when the
  // last response is sent, at the latest a tenth of that limit after it, and a second at most. The destructor
  // waits for handlers that still run. A second signal ends the process at once. With TLS, SIGHUP reloads the
  // certificate. Call it once. Errors before the first request: kConflict naming APP_PORT when it is in use,
  // kInvalid naming APP_PORT or APP_HOST when it cannot be listened on.
  Result<void> run();

  // Makes run() return soon. Thread-safe; does not block; may be called any number of times.
  void stop();

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace fit::http
