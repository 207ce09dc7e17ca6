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
#include "http/worker_pools.h"

namespace fit::http {

class Connection;

// A thread's event loop with the connections that it serves. Members are used on that thread only.
struct EventLoop {
  static constexpr std::size_t kReadBytes = 64 << 10;

  asio::io_context context{1};
  std::vector<char> read_buffer = std::vector<char>(kReadBytes);  // of whichever connection is reading
  std::unordered_set<Connection*> connections;
};

// What all connections of a server share. Outlives them.
struct ConnectionDeps {
  struct Limits {
    std::chrono::milliseconds request_time{30'000};  // of handlers but imports
    std::chrono::milliseconds receive_time{10'000};  // for a head; before the least rate counts for the rest
    std::chrono::milliseconds idle_time{75'000};     // between two requests
    std::size_t least_rate = 4096;                   // bytes a second, of bodies and responses
  };

  const Router& router;
  const Pipeline& pipeline;
  const Limits limits;
  BodySpace& bodies;
  PeerCounts& peers;
  Refusals& refusals;
  WorkerPools& pools;
  WorkerPool& scratch_writer;
  Gauge& queue_length;
  RequestIds ids;
  std::atomic<bool> is_stopping{false};
  std::atomic<int> in_flight{0};  // requests from their head to the last byte of their response
};

// One connection: a coroutine on its loop's thread reads a request, has it handled on a worker pool, writes
// the response, and goes on with the next. All members but the constructor are called on that thread. Its
// coroutine and its running handler own it.
class Connection : public std::enable_shared_from_this<Connection> {
 public:
  // The peer is counted in deps.peers already; the destructor takes it out.
  Connection(asio::ip::tcp::socket socket, const PeerCounts::Key& peer_key, EventLoop& loop, ConnectionDeps& deps);
  ~Connection();
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;

  // Serves until the connection ends.
  asio::awaitable<void> run();

  // Ends what has passed its time limit. The loop calls it several times a second.
  void sweep(std::chrono::steady_clock::time_point now);

  // The server begins to stop: imports are asked to end.
  void stop_imports();
  // The time to drain is nearly over: what runs is asked to end.
  void cancel();
  // Closes the connection at once; a handler that still runs keeps what it uses.
  void abort();

 private:
  using Clock = std::chrono::steady_clock;
  // What the coroutine waits for, and so what the passing of its deadline means.
  enum class State { kIdle, kHead, kBody, kStoring, kHandling, kWriting, kClosing };
  struct Owned;
  using OwnedPtr = std::shared_ptr<Owned>;

  asio::awaitable<bool> serve_one();
  asio::awaitable<bool> read_head();
  asio::awaitable<bool> read();
  OwnedPtr begin_exchange();
  asio::awaitable<std::optional<Response>> respond(const OwnedPtr& exchange);
  asio::awaitable<std::optional<Response>> read_body(const OwnedPtr& exchange);
  asio::awaitable<std::optional<Response>> store(const OwnedPtr& exchange);
  asio::awaitable<Response> handle(const OwnedPtr& exchange);
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

  asio::ip::tcp::socket socket_;
  const PeerCounts::Key peer_key_;
  EventLoop& loop_;
  ConnectionDeps& deps_;
  Peer peer_;
  RequestParser parser_;
  std::string input_;  // received and not yet parsed
  std::string chunk_;  // of the body, on its way to where the body is kept
  State state_ = State::kIdle;
  Clock::time_point deadline_;
  bool is_expired_ = false;  // the deadline has passed in this state
  bool is_first_ = true;
  bool is_aborted_ = false;
  bool lingers_ = false;  // the client may still be sending what nobody reads
  OwnedPtr current_;      // while it is received or handled
  asio::any_completion_handler<void()> waiting_;
};

}  // namespace fit::http
