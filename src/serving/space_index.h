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
  index::KindPolicy policy = {};   // of the kind of each index
  index::IndexOptions index = {};  // the dimensions are the space's, the kind is the policy's
};

// An index of the space's vectors in this process, loaded from its snapshot. Thread-safe; blocks while the
// snapshot is read. An unusable snapshot is logged, and the index then is empty.
std::unique_ptr<search::SpaceIndex> open_space_index(store::Catalogue& store,
                                                     const domain::SpaceRecord& space,
                                                     const SpaceIndexOptions& options, const Log& log);

}  // namespace fit::serving
