#include "serving/space_records.h"

#include <algorithm>

namespace fit::serving {

bool makes_vectors_of(const embed::Space& space, const domain::SpaceRecord& record) {
  return space.name == record.name && space.version == record.version &&
         space.dimensions == record.dimensions;
}

Result<domain::SpaceRecord> register_space(store::Catalogue& store, const embed::Space& space) {
  return store.spaces().ensure({space.name, space.model, space.version, space.dimensions});
}

Result<domain::SpaceRecord> find_space(store::Catalogue& store, const embed::Space& space) {
  FIT_TRY(const auto records, store.spaces().list());
  const auto found = std::ranges::find_if(records, [&space](const domain::SpaceRecord& record) {
    return record.name == space.name && record.version == space.version;
  });
  return found == records.end() ? domain::SpaceRecord{} : *found;
}

}  // namespace fit::serving
