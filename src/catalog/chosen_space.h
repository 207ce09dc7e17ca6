#pragma once

#include <optional>

#include "base/result.h"
#include "store/catalogue.h"

namespace fit::catalog {

// The space that searches use, as an operator chose it; nothing where the settings decide. Kept with the
// catalogue, so that every process on it goes by the same. The errors of the store; kNotFound for a choice
// that is no space of this catalogue.
Result<std::optional<domain::SpaceRecord>> chosen_space(store::Catalogue& store);

// Nothing: the settings decide again.
Result<void> choose_space(store::Catalogue& store, const std::optional<domain::SpaceRecord>& space);

}  // namespace fit::catalog
