#include "http/connection.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <asio/async_result.hpp>
#include <asio/post.hpp>
#include <asio/use_awaitable.hpp>

#include "base/format.h"
#include "base/scope_exit.h"
#include "http/compression.h"
#include "http/problem.h"
#include "http/response_head.h"

namespace fit::http {
namespace {

constexpr std::chrono::hours kForever{24 * 365};

Response too_many_requests(const Request& request) {
  return problem(Error{ErrorCode::kTooManyRequests, "too many requests are waiting; try again soon", {}, {}},
                 request);
}

}  // namespace

// An exchange and the objects that its request refers to.
struct Connection::Owned : Exchange {
  Owned(RequestHead given_head, BodySpace& bodies) : head(std::move(given_head)), body(bodies) {}
  ~Owned() {
    if (file >= 0) ::close(file);
  }
  Owned(const Owned&) = delete;
  Owned& operator=(const Owned&) = delete;

  // Opens the file of the handler's response.
  void open_file() {
    if (response.file.empty()) return;
    file = ::open(response.file.c_str(), O_RDONLY | O_CLOEXEC);
    struct stat status{};
    if (file >= 0 && ::fstat(file, &status) == 0) {
      file_part = response.range.value_or(ByteRange{.size = static_cast<std::uint64_t>(status.st_size)});
    } else {
      response = problem(not_found("the file is gone"), request);
    }
  }

  RequestHead head;
  std::string path;
  RequestBody body;
  Result<void> stored;              // the result of the last write to the scratch file
  std::optional<Response> refusal;  // the result of admit()
  Response response;                // the handler's response
  int file = -1;                    // the file of `response`; -1: none
  ByteRange file_part;
  bool is_handled = false;
  std::stop_source stop;
  std::atomic<bool> is_unwanted{false};  // the request has timed out: its handler need not start
};

Connection::Connection(asio::ip::tcp::socket socket, Peer peer, const PeerCounts::Key& peer_key,
                       EventLoop& loop, ConnectionDeps& deps)
    : stream_(std::move(socket), deps.tls == nullptr ? nullptr : deps.tls->context()),
      peer_key_(peer_key),
      loop_(loop),
      deps_(deps),
      peer_(std::move(peer)),
      is_from_proxy_(deps.proxies.contains(peer_.address)) {}

Connection::~Connection() {
  deps_.peers.remove(peer_key_);
}

asio::awaitable<void> Connection::run() {
  const auto self = shared_from_this();
  loop_.connections.insert(this);
  const ScopeExit ended([this] { loop_.connections.erase(this); });
  if (co_await shake_hands()) {
    while (co_await serve_one()) {
    }
  }
  co_await close();
}

// Agrees on TLS where the server uses it. Returns false when the connection is to be closed.
asio::awaitable<bool> Connection::shake_hands() {
  using Outcome = Stream::Handshake::Outcome;
  enter(State::kHandshake, deps_.limits.receive_time);
  if (!stream_.is_encrypted()) co_return true;
  const auto [outcome, reason] = co_await stream_.handshake();
  if (outcome == Outcome::kFailed) {
    deps_.refusals.report("tls", peer_.address, reason);
    lingers_ = true;  // so that the client receives the alert
  } else if (outcome == Outcome::kPlainHttp) {
    co_await refuse({.status = 400, .type = "plain_http", .detail = "this port speaks https, not http"});
  }
  co_return outcome == Outcome::kDone;
}

asio::awaitable<bool> Connection::serve_one() {
  if (!co_await read_head()) co_return false;
  ++deps_.in_flight;
  const ScopeExit ended([this] { --deps_.in_flight; });
  const OwnedPtr exchange = begin_exchange();
  std::optional<Response> response = co_await respond(exchange);
  current_.reset();
  const bool is_gone = !response;
  if (is_gone)
    response = problem(Error{ErrorCode::kCancelled, "the client has gone", {}, {}}, exchange->request);
  deps_.pipeline.after(*exchange, *response);
  if (is_gone || is_aborted_) co_return false;
  const bool is_read = parser_.stage() == RequestParser::Stage::kDone;
  const bool keeps_alive = exchange->head.keeps_alive && is_read && !deps_.is_stopping;
  lingers_ = !is_read || !input_.empty();
  const bool is_written = response->file.empty()
                              ? co_await write(*response, exchange->request.is_head, keeps_alive)
                              : co_await write_file(*exchange, *response, keeps_alive);
  co_return is_written&& keeps_alive;
}

// Reads the head of the next request. Returns false when the connection is to be closed, because there is no
// further request or it was refused.
asio::awaitable<bool> Connection::read_head() {
  parser_.reset();
  if (state_ == State::kHandshake) {
    state_ = State::kIdle;  // the time limit of the handshake continues
  } else {
    enter(State::kIdle, deps_.limits.idle_time);
  }
  while (true) {
    if (!input_.empty()) {
      if (state_ == State::kIdle) enter(State::kHead, deps_.limits.receive_time);
      const auto taken = parser_.feed(input_, chunk_);
      if (!taken) {
        co_await refuse(taken.error());
        co_return false;
      }
      input_.erase(0, *taken);
      if (parser_.stage() != RequestParser::Stage::kHead) co_return true;
    }
    if (co_await read()) continue;
    if (is_expired_ && state_ == State::kHead) {
      co_await refuse(
          {.status = 408, .type = "timeout", .detail = "the header of the request took too long"});
    }
    co_return false;
  }
}

// Waits for bytes and appends them to input_. False at the end of the connection and at the deadline.
asio::awaitable<bool> Connection::read() {
  if (is_expired_) co_return false;
  const std::size_t size = co_await stream_.read_some(loop_.read_buffer);
  input_.append(loop_.read_buffer.data(), size);
  co_return size > 0;
}

Connection::OwnedPtr Connection::begin_exchange() {
  auto exchange = std::make_shared<Owned>(std::move(parser_.head()), deps_.bodies);
  const RequestHead& head = exchange->head;
  const std::string_view target = head.target;
  const auto question = target.find('?');
  exchange->path = decode_path(target.substr(0, question));
  exchange->server_is_stopping = deps_.is_stopping;
  Request& request = exchange->request;
  request.method = head.method;
  request.is_head = head.is_head;
  request.host = head.host;
  request.path = exchange->path;
  if (question != std::string_view::npos) request.query = target.substr(question + 1);
  request.content_length = head.content_length;
  for (const RequestHead::Field& field : head.fields) request.headers.add(field.name, field.value);
  request.peer = peer_;
  Client client{.address = peer_.address, .is_https = stream_.is_encrypted()};
  if (is_from_proxy_) client = deps_.proxies.client_of(client, request.headers);
  request.client_address = std::move(client.address);
  request.is_https = client.is_https;
  request.stop = exchange->stop.get_token();
  exchange->match = deps_.router.match(request.method, request.path);
  request.path_parameters = exchange->match.path_parameters;
  current_ = exchange;
  return exchange;
}

// Receives the body and runs the handler. nullopt when the client has gone.
asio::awaitable<std::optional<Response>> Connection::respond(const OwnedPtr& exchange) {
  if (auto refusal = deps_.pipeline.before(Middleware::Stage::kLoop, *exchange)) {
    co_return *std::move(refusal);
  }
  if (exchange->head.has_body()) {
    if (!exchange->is_authenticated) {
      if (auto refusal = co_await admit(exchange)) co_return refusal;
    }
    auto refusal = co_await read_body(exchange);
    if (refusal || parser_.stage() != RequestParser::Stage::kDone) {
      if (exchange->match.route->takes_partial_body) keep_partial_body(exchange);
      co_return refusal;
    }
  }
  if (auto read = exchange->body.finish(); !read) co_return problem(read.error(), exchange->request);
  exchange->request.body = exchange->body.view();
  exchange->request.body_file = exchange->body.file();
  exchange->since_received = Stopwatch();
  co_return co_await handle(exchange);
}

// Runs the middleware of the worker stage before the body is received, so that a caller without rights cannot
// send one. Returns the response that ends the request.
asio::awaitable<std::optional<Response>> Connection::admit(const OwnedPtr& exchange) {
  enter(State::kHandling, deps_.limits.request_time);
  const bool accepted = deps_.pools.try_submit(RunOn::kSearch, [self = shared_from_this(), exchange] {
    auto refusal = self->deps_.pipeline.admit(*exchange);
    asio::post(self->loop_.context, [self, exchange, refusal = std::move(refusal)]() mutable {
      exchange->refusal = std::move(refusal);
      exchange->is_handled = true;
      if (self->current_ == exchange) self->wake();
    });
  });
  if (!accepted) co_return too_many_requests(exchange->request);
  co_await wait();
  if (std::exchange(exchange->is_handled, false)) {
    exchange->note_caller(exchange->request.principal);
    co_return std::move(exchange->refusal);
  }
  exchange->is_unwanted = true;
  co_return problem(Error{ErrorCode::kDeadlineExceeded, "took longer than the time limit", {}, {}},
                    exchange->request);
}

// Runs the handler of a route that takes incomplete bodies, without waiting for it: nobody receives its
// response.
void Connection::keep_partial_body(const OwnedPtr& exchange) {
  if (exchange->body.size() == 0 || !exchange->stored || !exchange->body.finish()) return;
  Request& request = exchange->request;
  request.body = exchange->body.view();
  request.body_file = exchange->body.file();
  request.is_partial = true;
  // When the pool is full, the client sends these bytes again.
  static_cast<void>(deps_.pools.try_submit(
      exchange->match.route->run_on,
      [self = shared_from_this(), exchange] { static_cast<void>(self->deps_.pipeline.handle(*exchange)); }));
}

// Receives the body. Returns the response that refuses it; nullopt when it is complete or the client has
// gone.
asio::awaitable<std::optional<Response>> Connection::read_body(const OwnedPtr& exchange) {
  if (exchange->head.expects_continue && input_.empty()) {
    enter(State::kWriting, deps_.limits.receive_time);
    static constexpr std::string_view kContinue = "HTTP/1.1 100 Continue\r\n\r\n";
    if (!co_await stream_.write(kContinue)) co_return std::nullopt;
  }
  const Clock::time_point began = Clock::now();
  const std::size_t limit = exchange->match.route->max_body_bytes;
  enter(State::kBody, time_for(0));
  while (true) {
    if (!input_.empty()) {
      chunk_.clear();
      const auto taken = parser_.feed(input_, chunk_);
      if (!taken) {
        const ProtocolError& error = taken.error();
        co_return problem(error.status, error.type, error.detail, exchange->request);
      }
      input_.erase(0, *taken);
      if (exchange->body.size() + chunk_.size() > limit) {
        co_return problem(body_too_large(limit), exchange->request);
      }
      if (!exchange->body.try_append(chunk_)) {
        if (auto refusal = co_await store(exchange)) co_return refusal;
      }
      if (parser_.stage() == RequestParser::Stage::kDone) co_return std::nullopt;
      enter(State::kBody, began - Clock::now() + time_for(exchange->body.size()));
    }
    if (co_await read()) continue;
    if (!is_expired_) co_return std::nullopt;
    co_return problem(408, "timeout", "the body of the request came too slowly", exchange->request);
  }
}

// Writes chunk_ to the scratch file of the body, on the writer's thread. Returns the response to a failure.
asio::awaitable<std::optional<Response>> Connection::store(const OwnedPtr& exchange) {
  enter(State::kStoring, kForever);
  const bool accepted = deps_.scratch_writer.try_submit([self = shared_from_this(), exchange] {
    exchange->stored = exchange->body.append_to_file(self->chunk_);
    asio::post(self->loop_.context, [self] { self->wake(); });
  });
  if (!accepted) {
    co_return problem(Error{ErrorCode::kTooManyRequests, "too many large bodies are being received", {}, {}},
                      exchange->request);
  }
  co_await wait();
  if (exchange->stored) co_return std::nullopt;
  co_return problem(exchange->stored.error(), exchange->request);
}

// Runs the handler, or its continuation `next`, on the calling thread.
void Connection::work(Owned& exchange, const Continuation* next) const {
  if (exchange.is_unwanted) return;
  exchange.response =
      next == nullptr ? deps_.pipeline.handle(exchange) : deps_.pipeline.resume(exchange, *next);
  if (exchange.response.next) return;
  exchange.open_file();
  compress(exchange.request, exchange.response);
}

// Runs the handler on the pool, and its continuations on theirs; the last one wakes the connection. Returns
// false when the queue of the first pool is full.
bool Connection::submit(const OwnedPtr& exchange, RunOn run_on, std::shared_ptr<const Continuation> next) {
  return deps_.pools.try_submit(run_on, [self = shared_from_this(), exchange, next = std::move(next)] {
    self->work(*exchange, next.get());
    if (auto following = std::exchange(exchange->response.next, nullptr)) {
      if (self->submit(exchange, following->run_on, following)) return;
      exchange->response = too_many_requests(exchange->request);
    }
    asio::post(self->loop_.context, [self, exchange] {
      exchange->is_handled = true;
      if (self->current_ == exchange) self->wake();
    });
  });
}

asio::awaitable<std::optional<Response>> Connection::handle(const OwnedPtr& exchange) {
  const RunOn run_on = exchange->match.route->run_on;
  if (run_on == RunOn::kLoop) {
    work(*exchange, nullptr);
    co_return std::move(exchange->response);
  }
  enter(State::kHandling, run_on == RunOn::kImport ? kForever : deps_.limits.request_time);
  if (run_on == RunOn::kImport && deps_.is_stopping) exchange->stop.request_stop();
  if (run_on != RunOn::kImport) watch_for_reset();
  deps_.queue_length.set(static_cast<double>(deps_.pools.queued()));
  if (!submit(exchange, run_on, nullptr)) co_return too_many_requests(exchange->request);
  co_await wait();
  if (exchange->is_handled) {
    exchange->note_caller(exchange->request.principal);
    co_return std::move(exchange->response);
  }
  exchange->is_unwanted = true;
  exchange->stop.request_stop();
  if (has_left_) co_return std::nullopt;
  co_return problem(Error{ErrorCode::kDeadlineExceeded, "took longer than the time limit", {}, {}},
                    exchange->request);
}

// Waits for an error of the socket, as long as the connection lasts and without reading from it.
void Connection::watch_for_reset() {
  if (std::exchange(is_watched_, true)) return;
  stream_.wait_for_error([weak = weak_from_this()](bool is_cancelled) {
    const auto self = weak.lock();
    if (!self) return;
    self->is_watched_ = false;
    if (!is_cancelled) self->on_reset();
  });
}

void Connection::on_reset() {
  // Urgent data ends the wait too.
  if (!stream_.is_reset() || state_ != State::kHandling) return;
  if (current_->match.route->run_on == RunOn::kImport) return;
  has_left_ = true;
  wake();
}

asio::awaitable<void> Connection::refuse(const ProtocolError& error) {
  deps_.refusals.report(std::string(error.type), peer_.address, error.detail);
  Request request;
  request.request_id = deps_.ids.next();
  Response response = problem(error.status, error.type, error.detail, request);
  response.headers.emplace_back("X-Request-ID", request.request_id);
  lingers_ = true;
  co_await write(response, /*without_body=*/false, /*keeps_alive=*/false);
}

asio::awaitable<bool> Connection::write(const Response& response, bool without_body, bool keeps_alive) {
  const std::string head = response_head(response, response.body.size(), keeps_alive);
  const bool has_body = !without_body && !has_no_body(response.status);
  const std::string_view body = has_body ? std::string_view(response.body) : std::string_view();
  enter(State::kWriting, time_for(head.size() + body.size()));
  co_return co_await stream_.write(head, body);
}

asio::awaitable<bool> Connection::write_file(const Owned& exchange, const Response& response,
                                             bool keeps_alive) {
  const ByteRange& part = exchange.file_part;
  const std::string head = response_head(response, part.size, keeps_alive);
  enter(State::kWriting, time_for(part.size));
  if (!co_await stream_.write(head)) co_return false;
  // GCC 14 awaits the right side of "a || co_await b" whatever a is.
  if (exchange.request.is_head) co_return true;
  co_return co_await stream_.write_file(exchange.file, part.offset, part.size);
}

// Reads and discards what the client still sends, until its end or the time limit: closing a socket with
// unread bytes resets the connection, and the client may lose the response.
asio::awaitable<void> Connection::close() {
  if (lingers_ && !is_aborted_) {
    stream_.end_writing();
    enter(State::kClosing, deps_.limits.receive_time);
    while (co_await read()) input_.clear();
  }
  stream_.close();
}

// Suspends the coroutine until wake().
asio::awaitable<void> Connection::wait() {
  return asio::async_initiate<const asio::use_awaitable_t<>, void()>(
      [this](auto handler) { waiting_ = std::move(handler); }, asio::use_awaitable);
}

void Connection::wake() {
  if (!waiting_) return;
  asio::post(loop_.context, std::exchange(waiting_, nullptr));
}

void Connection::enter(State state, Clock::duration time_limit) {
  state_ = state;
  deadline_ = Clock::now() + time_limit;
  is_expired_ = is_aborted_;
}

Connection::Clock::duration Connection::time_for(std::uint64_t bytes) const {
  return deps_.limits.receive_time + std::chrono::seconds(bytes / deps_.limits.least_rate);
}

void Connection::sweep(Clock::time_point now) {
  if (now < deadline_) return;
  const bool was_expired = std::exchange(is_expired_, true);
  if (state_ == State::kHandling) {
    if (!was_expired) wake();
    return;
  }
  const bool is_slow = state_ == State::kHandshake || state_ == State::kHead || state_ == State::kBody;
  if (is_slow && !was_expired) deps_.refusals.report("slow", peer_.address);
  stream_.cancel();  // again and again until the state ends, because it may have been between two waits
}

void Connection::stop_imports() {
  if (current_ && current_->match.route != nullptr && current_->match.route->run_on == RunOn::kImport) {
    current_->stop.request_stop();
  }
}

void Connection::cancel() {
  if (current_) current_->stop.request_stop();
  if (state_ == State::kBody) sweep(deadline_);
}

void Connection::abort() {
  is_aborted_ = is_expired_ = true;
  if (current_) {
    current_->is_unwanted = true;
    current_->stop.request_stop();
  }
  stream_.close();
  if (state_ == State::kHandling) wake();
}

}  // namespace fit::http
