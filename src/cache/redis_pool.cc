#include "cache/redis_pool.h"

#include <condition_variable>
#include <mutex>
#include <vector>

#include "base/background_task.h"
#include "base/stopwatch.h"

namespace fit::cache {
namespace {

constexpr milliseconds kShortestPause{1};  // between attempts to connect

}  // namespace

struct RedisPool::State {
  State(RedisAddress a, Log l, Options o)
      : address(std::move(a)), log(std::move(l)), options(std::move(o)), breaker(options.breaker) {
    if (options.metrics != nullptr) {
      Metrics& metrics = *options.metrics;
      connected = &metrics.gauge("fit_redis_connected", "1 while Redis is used, 0 while it is unavailable");
      failures = &metrics.counter("fit_redis_failures_total", "Calls to Redis that failed or were too slow");
    }
  }

  using Connection = std::unique_ptr<RedisConnection>;

  // A free session; nullptr while the circuit breaker is open, or when none becomes free in time.
  Connection borrow() {
    std::unique_lock lock(mutex);
    const auto usable = [this] {
      return open == 0 || !idle.empty() || breaker.state() != CircuitBreaker::State::kClosed;
    };
    changed.wait_for(lock, options.command_timeout, usable);
    if (idle.empty() || breaker.state() != CircuitBreaker::State::kClosed) return nullptr;
    Connection connection = std::move(idle.back());
    idle.pop_back();
    return connection;
  }

  // Sessions are reused last in, first out, so that those not needed stay idle.
  void give_back(Connection connection) {
    {
      const std::lock_guard lock(mutex);
      breaker.succeeded();
      idle.push_back(std::move(connection));
      tell();
    }
    changed.notify_all();
  }

  // Records a failed call, whose session is closed.
  void lose(const Error& error) {
    std::vector<Connection> dropped;
    {
      const std::lock_guard lock(mutex);
      --open;
      note_failure(error);
      if (breaker.state() != CircuitBreaker::State::kClosed) {
        open -= idle.size();
        dropped = std::move(idle);
        idle.clear();
      }
      tell();
    }
    changed.notify_all();
    keeper.wake();
  }

  // Callers of is_used() and tell() hold the mutex.
  bool is_used() const { return open > 0 && breaker.state() == CircuitBreaker::State::kClosed; }
  void tell() const {
    if (connected != nullptr) connected->set(is_used() ? 1 : 0);
  }

  // The caller holds the mutex.
  void note_failure(const Error& error) {
    breaker.failed();
    if (failures != nullptr) failures->add();
    if (breaker.state() == CircuitBreaker::State::kClosed) return;
    if (!told_down) log.warning("Redis is unavailable", {{"reason", error.describe()}});
    told_down = true;
  }

  // Keeps the pool full, and makes the trial connections while the circuit breaker is open.
  void keep() {
    std::unique_lock lock(mutex);
    while (!keeper.is_stopped()) {
      if (open < options.connections && breaker.allow()) {
        lock.unlock();
        auto made = RedisConnection::open(address, options.connect_timeout, options.command_timeout);
        lock.lock();
        if (made) {
          ++open;
          breaker.succeeded();
          idle.push_back(*std::move(made));
          if (told_down) log.info("Redis is available again");
          told_down = false;
        } else {
          note_failure(made.error());
        }
        tell();
        changed.notify_all();
        continue;
      }
      const bool is_full = open >= options.connections;
      const auto pause = std::max(breaker.retry_in(), kShortestPause);
      lock.unlock();
      is_full ? keeper.wait() : keeper.wait_for(pause);
      lock.lock();
    }
  }

  // Runs one command; nullopt when it failed.
  std::optional<RedisConnection::Reply> run(std::span<const std::string_view> command, Histogram* seconds) {
    Connection connection = borrow();
    if (!connection) return std::nullopt;
    const Stopwatch watch;
    auto reply = connection->run(command);
    if (seconds != nullptr) seconds->observe(watch.seconds());
    if (!reply) {
      connection.reset();
      lose(reply.error());
      return std::nullopt;
    }
    give_back(std::move(connection));
    if (!reply->refusal.empty() && failures != nullptr) failures->add();
    return *std::move(reply);
  }

  const RedisAddress address;
  const Log log;
  const Options options;
  Gauge* connected = nullptr;
  Counter* failures = nullptr;
  mutable std::mutex mutex;
  mutable std::condition_variable changed;
  CircuitBreaker breaker;
  std::vector<Connection> idle;
  std::size_t open = 0;  // open sessions, idle or in use
  bool told_down = false;
  BackgroundTask keeper;  // the last member: it ends before what it uses
};

RedisPool::RedisPool(std::unique_ptr<State> state) : state_(std::move(state)) {
  state_->keeper.start([state = state_.get()](const std::stop_token&) { state->keep(); });
}

RedisPool::~RedisPool() = default;

Result<std::unique_ptr<RedisPool>> RedisPool::open(const std::string& url, Log log, Options options) {
  FIT_TRY(auto address, parse_redis_url(url));
  return std::unique_ptr<RedisPool>(
      new RedisPool(std::make_unique<State>(std::move(address), std::move(log), std::move(options))));
}

std::optional<RedisConnection::Reply> RedisPool::run(std::span<const std::string_view> command,
                                                     Histogram* seconds) {
  return state_->run(command, seconds);
}

Result<std::unique_ptr<RedisConnection>> RedisPool::connect() const {
  return RedisConnection::open(state_->address, state_->options.connect_timeout,
                               state_->options.command_timeout);
}

Histogram* RedisPool::seconds_of(std::string_view call) const {
  if (state_->options.metrics == nullptr) return nullptr;
  return &state_->options.metrics->latency("fit_redis_seconds", "Time of a call to Redis",
                                           {{"call", std::string(call)}});
}

bool RedisPool::is_connected() const {
  const std::lock_guard lock(state_->mutex);
  return state_->is_used();
}

bool RedisPool::wait_connected(milliseconds time) const {
  std::unique_lock lock(state_->mutex);
  return state_->changed.wait_for(lock, time, [this] { return state_->is_used(); });
}

}  // namespace fit::cache
