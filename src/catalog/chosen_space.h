#pragma once

#include <optional>

#include "base/result.h"
#include "store/catalogue.h"

namespace fit::catalog {

// The space that an operator chose for searches; nothing where the settings decide. It is stored with the
// catalogue, so that all its processes use the same. The errors of the store; kNotFound for a choice
// that is no space of this catalogue.
Result<std::optional<domain::SpaceRecord>> chosen_space(store::Catalogue& store);

// Sets or clears the choice. The errors of the store.
Result<void> choose_space(store::Catalogue& store, const std::optional<domain::SpaceRecord>& space);

}  // namespace fit::catalog
