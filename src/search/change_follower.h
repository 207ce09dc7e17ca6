#pragma once

#include <chrono>

#include "base/background_task.h"
#include "base/log.h"
#include "base/metrics.h"
#include "base/progress.h"
#include "search/item_columns.h"
#include "search/space_index.h"
#include "store/catalogue.h"

namespace fit::search {

// Loads every item's filterable columns as of the store's position from before, from which follow_columns()
// goes on.
Result<void> load_columns(store::Catalogue& store, ItemColumns& columns);

// Applies what changed after the columns' position to them, one caller after the other. An error leaves them
// at the position reached.
Result<void> follow_columns(store::Catalogue& store, ItemColumns& columns);

// A thread that keeps columns and index in step with the store: woken by notify() after a write of this
// process, and by itself every `poll` for writes of others (an import beside the server). Saves snapshots
// after many changes or some time.
class ChangeFollower {
 public:
  struct Options {
    std::chrono::milliseconds poll{1000};
    std::chrono::minutes save_every{5};
    std::int64_t save_after_changes = 50'000;
    SpaceIndex* texts = nullptr;  // an index of texts to keep in step too, where there is one
  };

  ChangeFollower(store::Catalogue& store, ItemColumns& columns, SpaceIndex& index, Log log, Metrics& metrics,
                 Options options);
  ~ChangeFollower();  // stops, catches nothing up any more, saves a snapshot
  ChangeFollower(const ChangeFollower&) = delete;
  ChangeFollower& operator=(const ChangeFollower&) = delete;

  // Thread-safe and quick.
  void notify() { task_.wake(); }

 private:
  void step(const std::stop_token& stop);
  void step(SpaceIndex& index, const std::stop_token& stop);
  void save(SpaceIndex& index);
  Progress progress_log(const SpaceIndex& index) const;

  store::Catalogue& store_;
  ItemColumns& columns_;
  SpaceIndex& index_;
  const Log log_;
  Metrics& metrics_;
  const Options options_;
  std::chrono::steady_clock::time_point last_save_ = std::chrono::steady_clock::now();
  BackgroundTask task_;  // the last member: it ends before what it uses
};

}  // namespace fit::search
