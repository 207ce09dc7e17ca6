#pragma once

#include <chrono>
#include <cstddef>
#include <mutex>
#include <string>
#include <string_view>
#include <unordered_map>

namespace fit::accounts {

// Makes failed attempts cost time, by a name such as an account or an address. After `free` failures further
// attempts are refused for 30 seconds; each further failure doubles that, up to 15 minutes. Failures are
// forgotten 15 minutes after the last one, or the end of its wait. Remembers at most `max_names` names, and
// forgets the oldest first. Thread-safe; calls do not block.
class AttemptLimit {
 public:
  using Clock = std::chrono::steady_clock;

  AttemptLimit(int free, std::size_t max_names) : free_(free), max_names_(max_names) {}

  // Counts an attempt as failed until succeed() or withdraw(), so that attempts at the same time cannot
  // exceed the limit. Returns zero, or the time for which attempts are refused; then nothing is counted.
  std::chrono::seconds begin(std::string_view name, Clock::time_point time = Clock::now());
  // The last attempt has succeeded: all failures are forgotten.
  void succeed(std::string_view name);
  // The last attempt does not count.
  void withdraw(std::string_view name);

  std::size_t size() const;

 private:
  struct Failures {
    int count = 0;
    Clock::time_point refused_until;
    Clock::time_point forgotten_at;
  };

  void make_room(Clock::time_point time);

  const int free_;
  const std::size_t max_names_;
  mutable std::mutex mutex_;
  std::unordered_map<std::string, Failures> failures_;
};

}  // namespace fit::accounts
