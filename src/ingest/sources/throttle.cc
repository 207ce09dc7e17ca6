#include "ingest/sources/throttle.h"

#include <algorithm>
#include <utility>

#include "base/background_task.h"

namespace fit::ingest {
namespace {

constexpr std::size_t kMaxHosts = 10'000;  // remembered at a time
// How long a request waits for a database that is busy or away, before it tries to take the lease again.
constexpr HostThrottle::Milliseconds kPauseOfLeases{1000};

bool is_refusal(int status) {
  return status == 429 || status == 503;
}

HostThrottle::Milliseconds rounded_up(HostThrottle::Clock::duration time) {
  return std::max(std::chrono::ceil<HostThrottle::Milliseconds>(time), HostThrottle::Milliseconds(0));
}

}  // namespace

HostThrottle::HostThrottle(Options options) : options_(std::move(options)) {}
HostThrottle::~HostThrottle() = default;

HostThrottle::Turn::Turn(Turn&& other) noexcept
    : throttle_(std::exchange(other.throttle_, nullptr)),
      host_(std::move(other.host_)),
      leases_(other.leases_),
      min_delay_(other.min_delay_),
      renewed_(other.renewed_) {}

HostThrottle::Turn::~Turn() {
  if (throttle_ != nullptr) throttle_->give_back(*this);
}

void HostThrottle::Turn::keep() {
  // A lease that cannot be extended now is extended with the next bytes, or ends.
  if (leases_ != nullptr) static_cast<void>(leases_->keep(host_, renewed_));
}

void HostThrottle::Turn::finish(const Outcome& outcome) const {
  if (throttle_ != nullptr) throttle_->finish(host_, outcome);
}

bool HostThrottle::wait(const std::stop_token& stop, Milliseconds time) const {
  if (options_.wait) return options_.wait(stop, time);
  return wait_unless_stopped(stop, time);
}

Result<HostThrottle::Turn> HostThrottle::take(const std::string& name, const Wish& wish) {
  {
    std::unique_lock lock(mutex_);
    if (hosts_.size() >= kMaxHosts) forget_idle();
    Host& host = hosts_.try_emplace(name, Host{.delay = options_.min_delay}).first->second;
    ++host.waiting;
    const auto taken = wait_for_host(name, host, lock, wish);
    --host.waiting;
    if (!taken) {
      freed_.notify_all();
      return taken.error();
    }
  }
  return Turn(this, name, wish);
}

// Waits until no other process asks the host, and until the delays and pauses that others have noted are
// over. A pause that is too long is returned, with kUnavailable.
Result<void> HostThrottle::take_lease(const std::string& name, const Wish& wish, Milliseconds& pause) const {
  const auto until = options_.now() + wish.longest_delay;
  for (;;) {
    auto answer = wish.leases->take(name, wish.min_delay);
    if (!answer) {
      Error error = std::move(answer).error();
      if (error.code != ErrorCode::kUnavailable) return error;
      // The database is busy or away, which says nothing about the host.
      error.code = ErrorCode::kInternal;
      if (kPauseOfLeases > rounded_up(until - options_.now())) return error;
      if (!wait(wish.stop, kPauseOfLeases)) return cancelled();
      continue;
    }
    if (answer->is_taken) return {};
    if (answer->pause > wish.longest_wait) {
      pause = answer->pause;
      return Error{ErrorCode::kUnavailable, "the host asked for a pause", {}, {}};
    }
    if (answer->wait > rounded_up(until - options_.now()))
      return Error{ErrorCode::kUnavailable, "another process asks the host", {}, {}};
    if (!wait(wish.stop, answer->wait)) return cancelled();
  }
}

Result<void> HostThrottle::wait_for_host(const std::string& name, Host& host,
                                         std::unique_lock<std::mutex>& lock, const Wish& wish) {
  if (!freed_.wait_for(lock, wish.stop, wish.longest_delay, [&] { return !host.is_busy; })) {
    if (wish.stop.stop_requested()) return cancelled();
    return Error{ErrorCode::kUnavailable, "the host is busy", {}, {}};
  }
  host.is_busy = true;
  const auto fail = [&](Error error) {
    host.is_busy = false;
    return error;
  };
  const auto now = options_.now();
  const Milliseconds pause = rounded_up(host.paused_until - now);
  if (pause > wish.longest_wait)
    return fail(Error{ErrorCode::kUnavailable, "the host asked for a pause", {}, {}});
  Milliseconds left{0};
  if (host.free_at != Clock::time_point{})
    left = rounded_up(host.free_at + std::max(host.delay, wish.min_delay) - now);
  if (left > wish.longest_delay)
    return fail(Error{ErrorCode::kUnavailable, "the delay between requests is too long", {}, {}});
  left = std::max(left, pause);
  lock.unlock();
  const bool is_going_on = left.count() > 0 ? wait(wish.stop, left) : !wish.stop.stop_requested();
  Milliseconds noted_pause{0};
  Result<void> leased;
  if (is_going_on && wish.leases != nullptr) leased = take_lease(name, wish, noted_pause);
  lock.lock();
  if (!is_going_on) return fail(cancelled());
  if (!leased) {
    host.paused_until = std::max(host.paused_until, options_.now() + noted_pause);
    return fail(leased.error());
  }
  return {};
}

void HostThrottle::finish(const std::string& name, const Outcome& outcome) {
  const std::lock_guard lock(mutex_);
  Host& host = hosts_[name];
  const auto now = options_.now();
  if (is_refusal(outcome.status)) {
    const Milliseconds backoff = options_.first_pause * (std::int64_t{1} << std::min(host.refusals, 16));
    const Milliseconds pause = std::max(outcome.retry_after, std::min(backoff, options_.longest_pause));
    host.paused_until = std::max(host.paused_until, now + pause);
    ++host.refusals;
  } else if (outcome.status != 0) {
    host.refusals = 0;
  }
  const Milliseconds mean = (host.delay + outcome.latency) / 2;
  const Milliseconds next = std::clamp(std::max(outcome.latency, mean), options_.min_delay,
                                       std::max(options_.min_delay, options_.max_delay));
  const bool is_good = (outcome.status >= 200 && outcome.status < 300) || outcome.status == 304;
  if (is_good || next > host.delay) host.delay = next;
}

void HostThrottle::give_back(const Turn& turn) {
  if (turn.leases_ != nullptr) {
    // Before another thread of this process gets the turn, which takes the lease again. A lease that cannot
    // be given back ends by itself.
    static_cast<void>(turn.leases_->give_back(turn.host_, std::max(delay(turn.host_), turn.min_delay_),
                                              pause_left(turn.host_)));
  }
  const std::lock_guard lock(mutex_);
  Host& host = hosts_[turn.host_];
  host.is_busy = false;
  host.free_at = options_.now();
  freed_.notify_all();
}

void HostThrottle::forget_idle() {
  const auto now = options_.now();
  std::erase_if(hosts_, [&](const auto& entry) {
    const Host& host = entry.second;
    return !host.is_busy && host.waiting == 0 && host.paused_until <= now && host.free_at + host.delay <= now;
  });
}

HostThrottle::Milliseconds HostThrottle::pause_left(const std::string& name) const {
  const std::lock_guard lock(mutex_);
  const auto host = hosts_.find(name);
  return host == hosts_.end() ? Milliseconds(0) : rounded_up(host->second.paused_until - options_.now());
}

HostThrottle::Milliseconds HostThrottle::delay(const std::string& name) const {
  const std::lock_guard lock(mutex_);
  const auto host = hosts_.find(name);
  return host == hosts_.end() ? options_.min_delay : host->second.delay;
}

}  // namespace fit::ingest
