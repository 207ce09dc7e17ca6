#include "serving/space_index.h"

#include "base/format.h"

namespace fit::serving {

std::unique_ptr<search::SpaceIndex> open_space_index(store::Catalogue& store,
                                                     const domain::SpaceRecord& space,
                                                     const SpaceIndexOptions& options, const Log& log) {
  return std::make_unique<search::SpaceIndex>(
      store,
      search::SpaceIndex::Options{.folder = options.folder / fit::format("{}-{}", space.name, space.id),
                                  .space = space,
                                  .index = options.index,
                                  .policy = options.policy},
      log);
}

}  // namespace fit::serving
