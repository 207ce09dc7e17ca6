#pragma once

#include <optional>

#include "base/result.h"
#include "store/store.h"

namespace fit::catalog {

// The space that searches use, as an operator chose it; nothing where the settings decide. Kept with the
// catalogue, so that every process on it goes by the same. The errors of the store; kNotFound for a choice
// that is no space of this catalogue.
Result<std::optional<store::SpaceRecord>> chosen_space(store::Store& store);

// Nothing: the settings decide again.
Result<void> choose_space(store::Store& store, const std::optional<store::SpaceRecord>& space);

}  // namespace fit::catalog
