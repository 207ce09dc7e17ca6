#pragma once

#include <filesystem>
#include <memory>
#include <string>

#include "base/log.h"
#include "base/result.h"
#include "domain/space.h"
#include "index/vector_index.h"
#include "search/subscriber.h"

namespace fit::search {

// The vector index of one space in this process, which follows the store's changes. Searches of vectors() run
// beside catch_up() and checkpoint(). Threads and errors are those of Subscriber. Borrows the store.
class SpaceIndex final : public Subscriber {
 public:
  // The space, its index and the folder of its checkpoints.
  struct Options {
    std::filesystem::path folder;    // the folder of the checkpoints; made when missing
    domain::SpaceRecord space;       // an image space or a text space
    index::IndexOptions index = {};  // its dimensions are set to those of the space
  };

  // Opens the index at its last checkpoint. When that is missing or unusable, which is logged, the index is
  // empty, at position 0, and the first catch_up() fills it.
  SpaceIndex(store::Catalogue& store, Options options, Log log);

  const index::VectorIndex& vectors() const { return *index_; }
  const domain::SpaceRecord& space() const { return options_.space; }

  const std::string& name() const override { return options_.space.name; }
  void show(Metrics& metrics) const override;

 private:
  void open();
  std::string snapshot_version() const;
  Result<void> rebuild(const Progress& progress, const std::stop_token& stop) override;
  Result<void> apply(std::span<const store::Change> changes) override;
  Result<void> save(std::int64_t position) override;

  const Options options_;
  const Log log_;
  std::unique_ptr<index::VectorIndex> index_;
};

}  // namespace fit::search
