#pragma once

#include <algorithm>
#include <chrono>
#include <condition_variable>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/result.h"

namespace fit {

// Objects by name that are opened when they are first needed, shared by those who need them, and closed when
// nobody has needed them for a while. Thread-safe.
//
// A lease is a shared_ptr: an object is never closed while there is one. The pool must outlive all leases.
// The destructor of an object runs in the thread that closes it or returns its last lease.
template <class T>
class KeyedPool {
 public:
  using Clock = std::chrono::steady_clock;
  // Opens the object of a name. Called without a lock, for one name by one thread at a time.
  using Open = std::function<Result<std::unique_ptr<T>>(const std::string& name)>;

  struct Options {
    std::size_t max_open = 32;  // objects; at least 1
    Clock::duration idle_time = std::chrono::minutes(10);
    // The longest wait for a place while all objects are leased, and for an object of the same name to close.
    Clock::duration wait = std::chrono::seconds(5);
  };

  KeyedPool(Open open, const Options& options) : open_(std::move(open)), options_(options) {}
  ~KeyedPool() {
    close_if([](const std::string&, T&) { return true; });
  }
  KeyedPool(const KeyedPool&) = delete;
  KeyedPool& operator=(const KeyedPool&) = delete;

  // The object of a name; opens it if necessary, after closing the one that was not leased for longest where
  // max_open are open. Callers of one name wait for the same opening, callers of others do not. The error of
  // Open; kUnavailable when max_open objects are leased for too long. Whoever holds a lease and takes another
  // may wait for itself: take several only where fewer than max_open are taken at a time.
  Result<std::shared_ptr<T>> acquire(const std::string& name) {
    std::unique_lock lock(core_->mutex);
    const auto deadline = Clock::now() + options_.wait;
    for (;;) {
      if (const auto found = entries_.find(name); found != entries_.end())
        return lease_of(found->second, lock);
      // One of the same name may be closing.
      core_->changed.wait_until(lock, deadline,
                                [&] { return entries_.contains(name) || !core_->alive.contains(name); });
      if (entries_.contains(name)) continue;
      if (entries_.size() < options_.max_open) return open_new(name, lock);
      if (close_oldest(lock)) continue;
      if (Clock::now() >= deadline) {
        return Error{ErrorCode::kUnavailable, "too many are in use at this moment; try again", {}, {}};
      }
      core_->changed.wait_for(lock, kPoll);
    }
  }

  // Closes the objects that were not leased for the idle time. Called regularly by the owner.
  void close_idle() {
    const auto time = Clock::now();
    close_if(
        [&](const std::string& name, T&) { return time - entries_.at(name).used_at >= options_.idle_time; },
        true);
  }

  // Takes the objects that meet the condition out of the pool, leased ones too: those are closed with their
  // last lease, and whoever acquires the name meanwhile gets a new object. `condition` is called under a
  // lock.
  void close_if(const std::function<bool(const std::string& name, T& object)>& condition,
                bool only_unused = false) {
    std::vector<std::shared_ptr<T>> closed;  // destroyed after the lock is released
    const std::lock_guard lock(core_->mutex);
    for (auto entry = entries_.begin(); entry != entries_.end();) {
      Entry& one = entry->second;
      const bool is_used = one.object.use_count() > 1;
      if (is_used) one.used_at = Clock::now();
      const bool is_kept =
          one.object == nullptr || (only_unused && is_used) || !condition(entry->first, *one.object);
      if (is_kept) {
        ++entry;
        continue;
      }
      closed.push_back(std::move(one.object));
      entry = entries_.erase(entry);
    }
  }

  // Waits until no object of a name is open, leased or being opened. False when there still is one after
  // `limit`.
  bool wait_closed(const std::string& name, Clock::duration limit) {
    std::unique_lock lock(core_->mutex);
    return core_->changed.wait_for(lock, limit,
                                   [&] { return !core_->alive.contains(name) && !entries_.contains(name); });
  }

  // The number of objects that are open or being opened, without those that close_if() has taken out.
  std::size_t size() const {
    const std::lock_guard lock(core_->mutex);
    return entries_.size();
  }

 private:
  static constexpr std::chrono::milliseconds kPoll{5};  // returned leases are noticed by looking

  // The opening of an object, for those who wait for it.
  struct Attempt {
    bool is_done = false;
    std::optional<Error> error;
    std::shared_ptr<T> object;
  };
  struct Entry {
    std::shared_ptr<T> object;         // null while it is being opened
    std::shared_ptr<Attempt> attempt;  // null afterwards
    Clock::time_point used_at{};       // when a lease was seen last
  };
  // What the deleters of objects use.
  struct Core {
    std::mutex mutex;
    std::condition_variable changed;
    std::map<std::string, std::size_t> alive;  // objects that are not closed, by name
  };

  Result<std::shared_ptr<T>> lease_of(Entry& entry, std::unique_lock<std::mutex>& lock) {
    entry.used_at = Clock::now();
    if (entry.object != nullptr) return entry.object;
    const auto attempt = entry.attempt;
    core_->changed.wait(lock, [&] { return attempt->is_done; });
    if (attempt->error) return *attempt->error;
    return attempt->object;
  }

  Result<std::shared_ptr<T>> open_new(const std::string& name, std::unique_lock<std::mutex>& lock) {
    const auto attempt = std::make_shared<Attempt>();
    entries_[name] = {.object = nullptr, .attempt = attempt, .used_at = Clock::now()};
    lock.unlock();
    Result<std::unique_ptr<T>> opened = open_(name);
    lock.lock();
    attempt->is_done = true;
    if (opened) {
      attempt->object = shared(name, *std::move(opened));
      entries_[name] = {.object = attempt->object, .attempt = nullptr, .used_at = Clock::now()};
    } else {
      attempt->error = opened.error();
      entries_.erase(name);
    }
    core_->changed.notify_all();
    if (attempt->error) return *attempt->error;
    return attempt->object;
  }

  // Called with the lock held.
  std::shared_ptr<T> shared(const std::string& name, std::unique_ptr<T> object) {
    ++core_->alive[name];
    return std::shared_ptr<T>(object.release(), [core = core_, name](T* closed) {
      delete closed;
      const std::lock_guard lock(core->mutex);
      if (const auto alive = core->alive.find(name); --alive->second == 0) core->alive.erase(alive);
      core->changed.notify_all();
    });
  }

  // Closes the object that was not leased for longest. Returns whether there was one; the lock was released
  // meanwhile.
  bool close_oldest(std::unique_lock<std::mutex>& lock) {
    auto oldest = entries_.end();
    for (auto entry = entries_.begin(); entry != entries_.end(); ++entry) {
      if (entry->second.object.use_count() != 1) continue;
      if (oldest == entries_.end() || entry->second.used_at < oldest->second.used_at) oldest = entry;
    }
    if (oldest == entries_.end()) return false;
    std::shared_ptr<T> closed = std::move(oldest->second.object);
    entries_.erase(oldest);
    lock.unlock();
    closed.reset();
    lock.lock();
    return true;
  }

  const Open open_;
  const Options options_;
  const std::shared_ptr<Core> core_ = std::make_shared<Core>();
  std::map<std::string, Entry> entries_;
};

}  // namespace fit
