#pragma once

#include <utility>

#include "index/vector_index.h"

namespace fit::index {

// The base of the indexes in memory. Their checkpoint is a saved copy in the index's own folder.
class MemoryIndex : public VectorIndex {
 public:
  // The folder of the checkpoints. Call it before the index is shared.
  void set_folder(std::filesystem::path folder) { folder_ = std::move(folder); }

  Result<void> checkpoint(std::int64_t position, const std::string& space_version) final {
    if (folder_.empty()) return invalid("folder", "of the index is not set: it has no checkpoints");
    return save(folder_, position, space_version);
  }

 private:
  std::filesystem::path folder_;
};

}  // namespace fit::index
