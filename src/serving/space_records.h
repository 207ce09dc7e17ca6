#pragma once

#include <optional>

#include "base/result.h"
#include "embed/embedder.h"
#include "store/catalogue.h"

namespace fit::serving {

// The space that an operator chose for searches; nullopt when the settings decide.
using SpaceChoice = std::optional<domain::SpaceRecord>;

// Whether an embedder of the space makes the vectors of the stored space: same name, version and dimensions.
bool makes_vectors_of(const embed::Space& space, const domain::SpaceRecord& record);

// The stored record of an image space, which is made when it does not exist. The errors of the store.
Result<domain::SpaceRecord> register_space(store::Catalogue& store, const embed::Space& space);

// The stored record of an image space; id 0, which has no vectors, when there is none. The errors of the
// store. Both functions are thread-safe and block.
Result<domain::SpaceRecord> find_space(store::Catalogue& store, const embed::Space& space);

}  // namespace fit::serving
