#pragma once

#include <atomic>
#include <cstdint>
#include <filesystem>
#include <memory>

#include "base/background_task.h"
#include "base/result.h"
#include "index/vector_index.h"
#include "store/catalogue.h"

namespace fit::search {

// Builds a new index of a space in a thread of its own, from the vectors in the store, while an older index
// of another kind is searched and follows the store. Borrows the store.
class IndexConversion {
 public:
  struct Plan {
    std::int64_t space = 0;
    index::IndexOptions index = {};  // of the new index
    std::filesystem::path folder;    // of its checkpoints
  };
  // Starts.
  IndexConversion(store::Catalogue& store, Plan plan);
  // Stops the thread, which takes as long as one batch of vectors. The new index is lost unless taken.
  ~IndexConversion() = default;

  index::IndexKind kind() const { return plan_.index.kind; }
  std::int64_t done() const { return done_; }    // vectors
  std::int64_t total() const { return total_; }  // vectors; 0: not counted yet

  // Whether the thread has ended: take() returns at once.
  bool is_done() const { return is_done_; }

  // The new index, and the position of the store up to which it is complete. The error that ended the build.
  // Call it once, after is_done().
  struct Built {
    std::unique_ptr<index::VectorIndex> index;
    std::int64_t position = 0;
  };
  Result<Built> take();

 private:
  Result<void> build(const std::stop_token& stop);

  store::Catalogue& store_;
  const Plan plan_;
  Built built_;
  Result<void> result_;
  std::atomic<std::int64_t> done_ = 0;
  std::atomic<std::int64_t> total_ = 0;
  std::atomic<bool> is_done_ = false;
  BackgroundTask task_;
};

}  // namespace fit::search
