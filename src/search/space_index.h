#pragma once

#include <atomic>
#include <filesystem>
#include <functional>
#include <memory>
#include <mutex>
#include <string>

#include "base/log.h"
#include "base/progress.h"
#include "base/result.h"
#include "domain/vectors.h"
#include "index/vector_index.h"
#include "store/catalogue.h"

namespace fit::search {

// Keeps the vector index of one space in step with the store: starts from a snapshot when there is a good
// one, rebuilds from the store otherwise, and applies changes by the store's position.
//
// Thread-safe: searching beside one catch_up() or save() at a time (a mutex sees to that). Does not own the
// store.
class SpaceIndex {
 public:
  struct Options {
    std::filesystem::path folder;  // of the snapshots; made when missing
    domain::SpaceRecord space;
    index::IndexOptions index = {};  // whose dimensions are the space's
  };
  // Done so far and in all, in images when rebuilding and in changed items when catching up.

  // Loads the snapshot. A missing, damaged or stale one is only logged: the index is then empty, at position
  // 0, and catch_up() fills it.
  SpaceIndex(store::Catalogue& store, Options options, Log log);

  // Brings the index to the store's position of now. Until it succeeded once, complete() is false. An error
  // leaves the index usable at the position that it reached. Setting `stop` ends it early, also with success.
  Result<void> catch_up(const Progress& progress, const std::stop_token& stop);

  // Writes a snapshot when something changed since the last one.
  Result<void> save();

  const index::VectorIndex& vectors() const { return *index_; }
  const domain::SpaceRecord& space() const { return options_.space; }
  bool complete() const { return complete_; }
  std::int64_t position() const { return position_; }
  std::int64_t unsaved_changes() const { return position_ - saved_position_; }

 private:
  Result<void> rebuild(const Progress& progress, const std::stop_token& stop);
  Result<bool> apply_changes(const std::stop_token& stop, const Progress& progress, std::int64_t target);
  std::string snapshot_version() const;
  Result<std::int64_t> count_stored() const;
  Result<std::vector<domain::ImageVector>> stored_after(std::int64_t number) const;
  Result<std::vector<domain::ImageVector>> stored_of(std::span<const ItemId> items) const;

  store::Catalogue& store_;
  const Options options_;
  const Log log_;
  std::mutex writing_;
  std::unique_ptr<index::VectorIndex> index_;
  std::atomic<bool> complete_ = false;
  std::atomic<std::int64_t> position_ = 0;
  std::atomic<std::int64_t> saved_position_ = 0;
};

}  // namespace fit::search
