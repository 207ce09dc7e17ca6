#pragma once

#include <asio/any_completion_handler.hpp>
#include <asio/awaitable.hpp>
#include <asio/io_context.hpp>
#include <asio/ip/tcp.hpp>
#include <atomic>
#include <chrono>
#include <memory>
#include <optional>
#include <unordered_set>
#include <vector>

#include "base/worker_pool.h"
#include "http/body_space.h"
#include "http/exchange.h"
#include "http/middleware.h"
#include "http/peer_counts.h"
#include "http/refusals.h"
#include "http/request_body.h"
#include "http/request_ids.h"
#include "http/request_parser.h"
#include "http/stream.h"
#include "http/tls_certificate.h"
#include "http/trusted_proxies.h"
#include "http/worker_pools.h"

namespace fit::http {

class Connection;

// An event loop of one thread and the connections that it serves. Its members are used on that thread only.
struct EventLoop {
  static constexpr std::size_t kReadBytes = 64 << 10;

  asio::io_context context{1};
  std::vector<char> read_buffer = std::vector<char>(kReadBytes);  // shared by the connections of the loop
  std::unordered_set<Connection*> connections;
};

// The objects that all connections of a server share. Must outlive them.
struct ConnectionDeps {
  // The time limits of connections, and the lowest rate.
  struct Limits {
    std::chrono::milliseconds request_time{30'000};  // for handlers; none for imports
    std::chrono::milliseconds receive_time{10'000};  // for a TLS handshake and for a head; then least_rate
    std::chrono::milliseconds idle_time{75'000};     // between two requests
    std::size_t least_rate = 4096;                   // bytes a second; for bodies and responses
  };

  const Router& router;
  const Pipeline& pipeline;
  const Limits limits;
  BodySpace& bodies;
  PeerCounts& peers;
  TlsCertificate* const tls;  // null: connections are not encrypted
  const TrustedProxies& proxies;
  Refusals& refusals;
  WorkerPools& pools;
  WorkerPool& scratch_writer;
  Gauge& queue_length;
  RequestIds ids;
  std::atomic<bool> is_stopping{false};
  std::atomic<int> in_flight{0};  // requests whose head is read and whose response is not yet sent
};

// One connection. A coroutine on the thread of its loop reads a request, runs its handler on a worker pool,
// writes the response, and continues with the next request. All members except the constructor must be called
// on that thread. The coroutine and a running handler share ownership.
//
// When the connection is reset while a handler runs, the client has left: the stop of the handler is
// requested, unless it is an import, whose work another request can follow and stop, and its response is
// dropped. The end of the client's data alone (FIN) is no sign of leaving, although nginx and Go take it for
// one: a client that has sent its requests and shut down its sending side cannot be told from one that closed
// its socket, and it gets its responses. Further requests that it sends meanwhile are not lost, since nothing
// is read.
class Connection : public std::enable_shared_from_this<Connection> {
 public:
  // The caller has added the peer to deps.peers; the destructor removes it.
  Connection(asio::ip::tcp::socket socket, Peer peer, const PeerCounts::Key& peer_key, EventLoop& loop,
             ConnectionDeps& deps);
  ~Connection();
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;

  // Serves until the connection ends.
  asio::awaitable<void> run();

  // Ends a state whose deadline has passed. The loop calls it for each connection several times a second.
  void sweep(std::chrono::steady_clock::time_point now);

  // Called when the server begins to stop. Requests the stop of a running import.
  void stop_imports();
  // Called when most of the drain time limit has passed. Requests the stop of the running handler, and ends
  // the receiving of a body.
  void cancel();
  // Closes the connection at once. A running handler keeps the objects that it uses.
  void abort();

 private:
  using Clock = std::chrono::steady_clock;
  // What the coroutine waits for. It determines what sweep() does at the deadline.
  enum class State { kHandshake, kIdle, kHead, kBody, kStoring, kHandling, kWriting, kClosing };
  struct Owned;
  using OwnedPtr = std::shared_ptr<Owned>;

  asio::awaitable<bool> shake_hands();
  asio::awaitable<bool> serve_one();
  asio::awaitable<bool> read_head();
  asio::awaitable<bool> read();
  OwnedPtr begin_exchange();
  asio::awaitable<std::optional<Response>> respond(const OwnedPtr& exchange);
  asio::awaitable<std::optional<Response>> admit(const OwnedPtr& exchange);
  asio::awaitable<std::optional<Response>> read_body(const OwnedPtr& exchange);
  void keep_partial_body(const OwnedPtr& exchange);
  asio::awaitable<std::optional<Response>> store(const OwnedPtr& exchange);
  asio::awaitable<std::optional<Response>> handle(const OwnedPtr& exchange);
  void watch_for_reset();
  void on_reset();
  bool submit(const OwnedPtr& exchange, RunOn run_on, std::shared_ptr<const Continuation> next);
  void work(Owned& exchange, const Continuation* next) const;
  asio::awaitable<void> refuse(const ProtocolError& error);
  asio::awaitable<bool> write(const Response& response, bool without_body, bool keeps_alive);
  asio::awaitable<bool> write_file(const Owned& exchange, const Response& response, bool keeps_alive);
  asio::awaitable<void> close();
  asio::awaitable<void> wait();
  void wake();
  void enter(State state, Clock::duration time_limit);
  Clock::duration time_for(std::uint64_t bytes) const;

  Stream stream_;
  const PeerCounts::Key peer_key_;
  EventLoop& loop_;
  ConnectionDeps& deps_;
  const Peer peer_;
  const bool is_from_proxy_;  // the peer is a trusted proxy
  RequestParser parser_;
  std::string input_;  // received and not yet parsed
  std::string chunk_;  // a piece of the body that is not yet stored
  State state_ = State::kHandshake;
  Clock::time_point deadline_;
  bool is_expired_ = false;  // the deadline of this state has passed
  bool is_aborted_ = false;
  bool is_watched_ = false;  // for a reset
  bool has_left_ = false;    // the connection was reset while a handler ran
  bool lingers_ = false;     // bytes of the client may be unread when the connection closes
  OwnedPtr current_;         // the request that is being received or handled; null otherwise
  asio::any_completion_handler<void()> waiting_;
};

}  // namespace fit::http
