#pragma once

#include <filesystem>
#include <memory>

#include "base/log.h"
#include "search/space_index.h"
#include "store/catalogue.h"

namespace fit::serving {

// How the indexes of this process are built and where their snapshots are.
struct SpaceIndexOptions {
  std::filesystem::path folder;    // each space has a sub-folder of its own
  index::IndexOptions index = {};  // its dimensions are the space's
};

// An in-memory index of the space's vectors, loaded from its snapshot. Thread-safe; blocks while the snapshot
// is read. An unusable snapshot is logged, and the index then is empty.
std::unique_ptr<search::SpaceIndex> open_space_index(store::Catalogue& store,
                                                     const domain::SpaceRecord& space,
                                                     const SpaceIndexOptions& options, const Log& log);

}  // namespace fit::serving
