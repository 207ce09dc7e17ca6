#pragma once

#include <chrono>
#include <filesystem>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>

#include "base/log.h"
#include "base/result.h"
#include "domain/space.h"
#include "index/factory/kind_policy.h"
#include "index/vector_index.h"
#include "search/index_conversion.h"
#include "search/subscriber.h"
#include "search/vector_searcher.h"

namespace fit::search {

// The vector index of one space in this process, which follows the store's changes. Searches of vectors() run
// beside catch_up() and checkpoint(). Threads and errors are those of Subscriber. Borrows the store.
//
// A catch_up() after which the policy wants another kind of index starts to build one in a thread of its own.
// The present index is searched and follows the store until a later catch_up() finds the new one complete,
// replaces it and writes a checkpoint. A conversion that a process does not finish is begun anew by the next.
// One that fails, or for which memory or disk do not suffice, leaves the index as it is, and is tried again
// after `convert_again`.
class SpaceIndex final : public Subscriber {
 public:
  // The space, its index and the folder of its checkpoints.
  struct Options {
    std::filesystem::path folder;                  // the folder of the checkpoints; made when missing
    domain::SpaceRecord space;                     // an image space or a text space
    index::IndexOptions index = {};                // its dimensions are set to those of the space
    std::optional<index::KindPolicy> policy = {};  // nullopt: the kind is that of `index`
    std::chrono::seconds convert_again{600};
    std::function<index::Room(const std::filesystem::path&)> room = index::room_left;
  };

  // Opens the index at its last checkpoint. When that is missing or unusable, which is logged, the index is
  // empty, at position 0, and the first catch_up() fills it.
  SpaceIndex(store::Catalogue& store, Options options, Log log);
  // Stops a conversion.
  ~SpaceIndex() override;

  // The present index. A conversion may replace it at any time; callers hold theirs.
  std::shared_ptr<const index::VectorIndex> vectors() const { return index(); }
  const domain::SpaceRecord& space() const { return options_.space; }
  // nullopt: the index is of the kind that is wanted.
  std::optional<ConversionState> conversion() const;

  const std::string& name() const override { return options_.space.name; }
  void show(Metrics& metrics) const override;

 private:
  using Clock = std::chrono::steady_clock;

  std::shared_ptr<index::VectorIndex> index() const;
  void set_index(std::unique_ptr<index::VectorIndex> index, index::IndexKind kind);
  index::IndexOptions options_of(index::IndexKind kind) const;
  std::filesystem::path folder_of(index::IndexKind kind) const;
  void open();
  bool open_as(index::IndexKind kind, std::int64_t latest);
  bool remove_other_checkpoint() const;
  std::string snapshot_version() const;
  void start_conversion(index::IndexKind kind);
  void finish_conversion(const std::stop_token& stop);
  void give_up_conversion(index::IndexKind kind, const Error& error);

  Result<void> rebuild(const Progress& progress, const std::stop_token& stop) override;
  Result<void> apply(std::span<const store::Change> changes) override;
  Result<void> save(std::int64_t position) override;
  void caught_up(const std::stop_token& stop) override;

  const Options options_;
  const index::KindPolicy policy_;
  const Log log_;
  bool has_leftovers_ = false;  // the checkpoint of another kind could not be removed yet
  mutable std::mutex mutex_;    // guards the members below
  std::shared_ptr<index::VectorIndex> index_;
  index::IndexKind kind_ = index::IndexKind::kExact;
  std::optional<ConversionState> given_up_;  // the last conversion, which did not succeed
  Clock::time_point convert_at_;             // no conversion starts before
  std::unique_ptr<IndexConversion> conversion_;
};

}  // namespace fit::search
