#include "http/server.h"

#include <algorithm>
#include <asio/as_tuple.hpp>
#include <asio/co_spawn.hpp>
#include <asio/detached.hpp>
#include <asio/post.hpp>
#include <asio/steady_timer.hpp>
#include <asio/use_awaitable.hpp>
#include <csignal>
#include <functional>
#include <optional>
#include <thread>

#include "base/format.h"
#include "base/signal_watch.h"
#include "http/connection.h"
#include "http/listen.h"
#include "http/worker_pools.h"

namespace fit::http {
namespace {

using Clock = std::chrono::steady_clock;
using Tcp = asio::ip::tcp;

constexpr auto kNoThrow = asio::as_tuple(asio::use_awaitable);
constexpr std::chrono::milliseconds kSweepPeriod{50};
constexpr std::chrono::milliseconds kAcceptPause{100};  // after a failed accept
constexpr std::size_t kMaxScratchWrites = 100'000;      // one for each connection suffices

// The time that connections have to end after abort().
std::chrono::milliseconds abort_time_limit(const ServerOptions& options) {
  constexpr std::chrono::milliseconds kMost{1'000};
  return std::min(kMost, options.drain_time_limit / 10);
}

PeerCounts::Key key_of(const asio::ip::address& address) {
  PeerCounts::Key key{};
  if (address.is_v4()) {
    const auto bytes = asio::ip::make_address_v6(asio::ip::v4_mapped, address.to_v4()).to_bytes();
    std::ranges::copy(bytes, key.begin());
  } else {
    const auto bytes = address.to_v6().to_bytes();
    std::ranges::copy(bytes.begin(), address.to_v6().is_v4_mapped() ? bytes.end() : bytes.begin() + 8,
                      key.begin());
  }
  return key;
}

std::string text_of(const asio::ip::address& address) {
  if (!address.is_v6() || !address.to_v6().is_v4_mapped()) return address.to_string();
  return asio::ip::make_address_v4(asio::ip::v4_mapped, address.to_v6()).to_string();
}

}  // namespace

struct Server::State {
  State(ServerOptions given_options, Router given_router, std::vector<Middleware> middleware,
        Metrics& metrics, Log given_log);

  asio::awaitable<void> accept(Tcp::acceptor& acceptor);
  void admit(Tcp::socket socket, EventLoop& loop);
  asio::awaitable<void> sweep(EventLoop& loop);
  void begin_stop(std::string_view why);
  void drain();
  void finish();
  // Calls a member function of each connection on the thread of its loop.
  void for_all(void (Connection::*call)());
  Result<void> run();

  ServerOptions options;
  Router router;
  Pipeline pipeline;
  Log log;
  Gauge& connection_count;
  PeerCounts peers;
  Refusals refusals;
  BodySpace bodies;
  // The pools are destroyed before the members above, to which their tasks refer; their destructors wait for
  // the tasks.
  std::vector<std::unique_ptr<EventLoop>> loops;
  ConnectionDeps deps;
  WorkerPool scratch_writer{1, kMaxScratchWrites};
  WorkerPools pools;
  std::size_t next_loop = 0;
  // The members below are used on the thread of the first loop only.
  std::optional<Tcp::acceptor> acceptor;
  std::optional<Clock::time_point> stop_began;
  std::optional<Clock::time_point> finish_began;
  bool is_cancelled = false;
};

Server::State::State(ServerOptions given_options, Router given_router, std::vector<Middleware> middleware,
                     Metrics& metrics, Log given_log)
    : options(std::move(given_options)),
      router(std::move(given_router)),
      pipeline(std::move(middleware), given_log),
      log(std::move(given_log)),
      connection_count(metrics.gauge("fit_http_connections", "Open connections")),
      peers(options.max_connections_per_peer, options.max_connections),
      refusals(metrics, log),
      bodies(options.scratch_path, options.body_limits),
      deps{.router = router,
           .pipeline = pipeline,
           .limits = {.request_time = options.request_time_limit,
                      .receive_time = options.receive_time_limit,
                      .idle_time = options.idle_time_limit,
                      .least_rate = options.least_bytes_per_second},
           .bodies = bodies,
           .peers = peers,
           .tls = options.tls,
           .proxies = options.trusted_proxies,
           .refusals = refusals,
           .pools = pools,
           .scratch_writer = scratch_writer,
           .queue_length = metrics.gauge("fit_http_queue_length", "Requests waiting for a worker"),
           .ids = {}},
      pools(WorkerPools::sizes_of(options.worker_threads), options.max_queued) {
  for (std::size_t i = 0; i < std::max<std::size_t>(1, options.io_threads); ++i) {
    loops.push_back(std::make_unique<EventLoop>());
  }
}

Server::Server(ServerOptions options, Router router, std::vector<Middleware> middleware, Metrics& metrics,
               Log log)
    : state_(std::make_unique<State>(std::move(options), std::move(router), std::move(middleware), metrics,
                                     std::move(log))) {}
Server::~Server() = default;

asio::awaitable<void> Server::State::accept(Tcp::acceptor& listening) {
  asio::steady_timer pause(loops.front()->context);
  while (!deps.is_stopping) {
    EventLoop& loop = *loops[next_loop++ % loops.size()];
    auto [error, socket] = co_await listening.async_accept(loop.context, kNoThrow);
    if (!error) {
      admit(std::move(socket), loop);
    } else if (!deps.is_stopping) {
      refusals.report("accept failed", "", error.message());
      pause.expires_after(kAcceptPause);
      co_await pause.async_wait(kNoThrow);
    }
  }
}

void Server::State::admit(Tcp::socket socket, EventLoop& loop) {
  std::error_code error;
  const auto endpoint = socket.remote_endpoint(error);
  if (error) return;  // the client has gone
  const PeerCounts::Key key = key_of(endpoint.address());
  Peer peer{.address = text_of(endpoint.address()), .port = endpoint.port()};
  if (!peers.try_add(key, options.trusted_proxies.contains(peer.address))) {
    refusals.report("too many connections", peer.address);
    return;
  }
  socket.non_blocking(true, error);
  socket.set_option(Tcp::no_delay(true), error);
  auto connection = std::make_shared<Connection>(std::move(socket), std::move(peer), key, loop, deps);
  asio::co_spawn(
      loop.context, [connection] { return connection->run(); },
      [this](std::exception_ptr failure) {  // NOLINT(performance-unnecessary-value-param): asio's signature
        if (!failure) return;
        try {
          std::rethrow_exception(failure);
        } catch (const std::exception& exception) {
          log.error("connection failed", {{"error", exception.what()}});
        }
      });
}

// Enforces the time limits of the connections of a loop until the server has finished.
asio::awaitable<void> Server::State::sweep(EventLoop& loop) {
  asio::steady_timer timer(loop.context);
  const bool is_first = &loop == loops.front().get();
  while (true) {
    timer.expires_after(kSweepPeriod);
    co_await timer.async_wait(kNoThrow);
    const auto now = Clock::now();
    for (Connection* connection : loop.connections) connection->sweep(now);
    if (!is_first) continue;
    connection_count.set(static_cast<double>(peers.together()));
    if (stop_began) drain();
  }
}

void Server::State::begin_stop(std::string_view why) {
  if (deps.is_stopping.exchange(true)) return;
  options.on_stop();
  log.info("stopping", {{"reason", why}, {"requests_running", deps.in_flight.load()}});
  asio::post(loops.front()->context, [this] {
    stop_began = Clock::now();
    std::error_code ignored;
    if (acceptor) acceptor->close(ignored);
  });
  for_all(&Connection::stop_imports);
}

void Server::State::drain() {
  const auto waited = Clock::now() - *stop_began;
  if (deps.in_flight == 0 || waited >= options.drain_time_limit) {
    if (!finish_began) finish();
    const bool all_ended = deps.in_flight == 0 && peers.together() == 0;
    if (!all_ended && Clock::now() - *finish_began < abort_time_limit(options)) return;
    for (const auto& loop : loops) loop->context.stop();
    return;
  }
  if (is_cancelled || waited < options.drain_time_limit * 4 / 5) return;
  is_cancelled = true;
  for_all(&Connection::cancel);
}

void Server::State::finish() {
  finish_began = Clock::now();
  if (deps.in_flight > 0) log.warning("requests are cut off", {{"requests_running", deps.in_flight.load()}});
  for_all(&Connection::abort);
}

void Server::State::for_all(void (Connection::*call)()) {
  for (const auto& loop : loops) {
    asio::post(loop->context, [&connections = loop->connections, call] {
      for (Connection* connection : connections) (connection->*call)();
    });
  }
}

Result<void> Server::State::run() {
  FIT_TRY(const Listener listener, listen_on(options.host, options.port));
  acceptor.emplace(loops.front()->context, listener.is_ip6 ? Tcp::v6() : Tcp::v4(), listener.socket);
  log.info("listening", {{"url", fit::format("{}://{}:{}", options.tls == nullptr ? "http" : "https",
                                             listener.address, listener.port)},
                         {"version", options.version}});
  options.on_listening(listener.address, listener.port);
  for (const auto& loop : loops) asio::co_spawn(loop->context, sweep(*loop), asio::detached);
  asio::co_spawn(loops.front()->context, accept(*acceptor), asio::detached);
  std::vector<std::jthread> threads;
  for (std::size_t i = 1; i < loops.size(); ++i)
    threads.emplace_back([&loop = *loops[i]] { loop.context.run(); });
  loops.front()->context.run();
  return {};
}

Result<void> Server::run() {
  if (!state_->options.handles_signals) return state_->run();
  std::function<void()> on_hangup;  // without TLS, SIGHUP ends the process as by default
  if (state_->options.tls != nullptr) on_hangup = [this] { state_->options.tls->reload(); };
  const SignalWatch watch(
      [this](int signal) { state_->begin_stop(signal == SIGTERM ? "SIGTERM" : "SIGINT"); }, on_hangup);
  return state_->run();
}

void Server::stop() {
  state_->begin_stop("stop() was called");
}

}  // namespace fit::http
