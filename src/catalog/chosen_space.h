#pragma once

#include <optional>

#include "base/result.h"
#include "store/catalogue.h"

namespace fit::catalog {

// The space that an operator chose for searches; nullopt when the settings decide. It is stored with the
// catalogue, so that all its processes use it. kNotFound when the chosen space is not in this catalogue; the
// errors of the store.
Result<std::optional<domain::SpaceRecord>> chosen_space(store::Catalogue& store);

// Sets or clears the choice. The errors of the store. Both functions are thread-safe and block.
Result<void> choose_space(store::Catalogue& store, const std::optional<domain::SpaceRecord>& space);

}  // namespace fit::catalog
