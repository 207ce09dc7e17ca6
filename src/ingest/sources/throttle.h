#pragma once

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <stop_token>
#include <string>

#include "base/result.h"
#include "ingest/sources/host_leases.h"

namespace fit::ingest {

// Spaces requests to each host: one at a time in this process, and with HostLeases in all processes of a
// database, with a delay between them that follows the host's latency, so that a slow host is asked less
// often (Scrapy's AutoThrottle for a concurrency of one: the mean of the last delay and the last latency, at
// least the latency; errors never lower it). A host that refuses gets a pause, twice as long each time.
// Thread-safe.
class HostThrottle {
 public:
  using Clock = std::chrono::steady_clock;
  using Milliseconds = std::chrono::milliseconds;

  struct Options {
    Milliseconds min_delay{1000};      // the least time between two requests, from end to start
    Milliseconds max_delay{60'000};    // the most that latency can make of it; Crawl-delay may be longer
    Milliseconds first_pause{10'000};  // after the first 429 or 503 without Retry-After
    Milliseconds longest_pause{3'600'000};
    std::function<Clock::time_point()> now = Clock::now;
    // Waits; false when a stop is requested. Empty: wait_unless_stopped().
    std::function<bool(const std::stop_token& stop, Milliseconds time)> wait = {};
  };

  explicit HostThrottle(Options options);
  ~HostThrottle();
  HostThrottle(const HostThrottle&) = delete;
  HostThrottle& operator=(const HostThrottle&) = delete;

  // How a request ended.
  struct Outcome {
    int status = 0;               // 0: no response
    Milliseconds latency{0};      // until the response began
    Milliseconds retry_after{0};  // what the server asked for; 0: nothing
  };

  // What a turn needs besides the host.
  struct Wish {
    Milliseconds min_delay{0};                   // Crawl-delay, or the source's own
    Milliseconds longest_wait{60'000};           // for a pause to end
    Milliseconds longest_delay{24 * 3'600'000};  // between two requests, and for another one to end
    std::stop_token stop = {};
    HostLeases* leases = nullptr;  // of the processes that ask too; null: only this one does
  };

  // The right to send one request to a host. The destructor gives it back.
  class Turn {
   public:
    Turn(Turn&& other) noexcept;
    Turn& operator=(Turn&&) = delete;
    ~Turn();
    // Reports how the request ended; without it, the delay stays as it is.
    void finish(const Outcome& outcome) const;
    // Says that the request goes on, to other processes. Cheap when called often. May block for a write.
    void keep();

   private:
    friend class HostThrottle;
    Turn(HostThrottle* throttle, std::string host, const Wish& wish)
        : throttle_(throttle), host_(std::move(host)), leases_(wish.leases), min_delay_(wish.min_delay) {}
    HostThrottle* throttle_;
    std::string host_;
    HostLeases* leases_;
    Milliseconds min_delay_;
    std::chrono::steady_clock::time_point renewed_ = std::chrono::steady_clock::now();
  };

  // Waits for the host's turn. kCancelled after `stop`; kUnavailable at once when the host's pause or the
  // delay is longer than the wish allows (pause_left()), and when another request takes longer than that. The
  // errors of HostLeases::take(), kUnavailable as kInternal.
  Result<Turn> take(const std::string& host, const Wish& wish);

  // How long the host is not to be asked; 0: it may be asked.
  Milliseconds pause_left(const std::string& host) const;
  // The current delay between requests.
  Milliseconds delay(const std::string& host) const;

 private:
  struct Host {
    bool is_busy = false;
    Milliseconds delay{0};
    Clock::time_point free_at{};  // when the last request ended
    Clock::time_point paused_until{};
    int refusals = 0;  // in a row
    int waiting = 0;
  };

  bool wait(const std::stop_token& stop, Milliseconds time) const;
  Result<void> wait_for_host(const std::string& name, Host& host, std::unique_lock<std::mutex>& lock,
                             const Wish& wish);
  Result<void> take_lease(const std::string& name, const Wish& wish, Milliseconds& pause) const;
  void finish(const std::string& name, const Outcome& outcome);
  void give_back(const Turn& turn);
  void forget_idle();

  const Options options_;
  mutable std::mutex mutex_;
  std::condition_variable_any freed_;
  std::map<std::string, Host> hosts_;
};

}  // namespace fit::ingest
