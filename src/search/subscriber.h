#pragma once

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <mutex>
#include <span>
#include <stop_token>
#include <string>

#include "base/metrics.h"
#include "base/progress.h"
#include "base/result.h"
#include "store/catalogue.h"

namespace fit::search {

// Data derived from the catalogue that follows its changes in the order of their positions: the filter
// columns, an index. catch_up() brings it up to date; a ChangeFollower calls it in the background. catch_up()
// and checkpoint() may be called concurrently and run one after the other; the other members are thread-safe
// and do not block, but for wait_for_announced().
class Subscriber {
 public:
  virtual ~Subscriber() = default;
  Subscriber(const Subscriber&) = delete;
  Subscriber& operator=(const Subscriber&) = delete;

  // Applies all changes up to the store's position at the call. Reads the whole catalogue at position 0.
  // Blocks. Progress counts items or vectors while the whole catalogue is read, and positions afterwards.
  // kCancelled when stopped, or the error of the store; the changes up to position() then are applied, and
  // the next call continues from there.
  Result<void> catch_up(const Progress& progress = {}, const std::stop_token& stop = {});

  // Makes the state at position() durable for the next start. No effect when nothing changed since the last
  // checkpoint.
  Result<void> checkpoint();

  // Says that the store has changed, and that somebody will call catch_up().
  void announce() { ++announced_; }
  // Waits until the changes that were announced before this call are applied, at most for `limit`. Does not
  // wait for the first catch_up().
  void wait_for_announced(std::chrono::milliseconds limit) const;

  // For log lines: "columns", the name of the space.
  virtual const std::string& name() const = 0;
  // Sets the metrics of its size and position.
  virtual void show(Metrics& metrics) const = 0;

  // The change number of the store up to which everything is applied; 0: nothing yet.
  std::int64_t position() const { return position_; }
  // Whether catch_up() has succeeded once.
  bool is_complete() const { return is_complete_; }
  // Changes that the last checkpoint lacks.
  std::int64_t unsaved_changes() const { return position_ - saved_position_; }

 protected:
  explicit Subscriber(store::Catalogue& store) : store_(store) {}

  store::Catalogue& store() const { return store_; }
  // For constructors that load a checkpoint, and caught_up() when it has written one.
  void resume_at(std::int64_t position) { position_ = saved_position_ = position; }
  // For caught_up(): the next checkpoint() saves, whether or not there are changes.
  void mark_unsaved() { saved_position_ = -1; }

 private:
  // Reads the whole catalogue. kCancelled when stopped; it is called again after an error.
  virtual Result<void> rebuild(const Progress& progress, const std::stop_token& stop) = 0;
  // Applies the changes that follow position(). Each item comes once.
  virtual Result<void> apply(std::span<const store::Change> changes) = 0;
  virtual Result<void> save(std::int64_t position) = 0;
  // Called at the end of each catch_up() that succeeded, before another call may begin.
  virtual void caught_up(const std::stop_token& stop);

  store::Catalogue& store_;
  std::mutex mutex_;  // one catch_up() or checkpoint() at a time
  // The position at the first attempt to rebuild: what a failed attempt read may have been removed since.
  std::int64_t rebuilt_from_ = 0;
  std::atomic<bool> is_complete_ = false;
  std::atomic<std::uint64_t> announced_ = 0;
  mutable std::mutex applied_mutex_;  // guards applied_
  mutable std::condition_variable applied_changed_;
  std::uint64_t applied_ = 0;  // announced_ as the last catch_up() that succeeded began
  std::atomic<std::int64_t> position_ = 0;
  std::atomic<std::int64_t> saved_position_ = 0;
};

// The items that changes wrote, and those that they removed.
struct ChangedItems {
  explicit ChangedItems(std::span<const store::Change> changes);

  std::vector<ItemId> written;
  std::vector<ItemId> removed;
};

}  // namespace fit::search
