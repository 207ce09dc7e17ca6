#pragma once

#include "base/json.h"
#include "domain/properties.h"

namespace fit::domain {

// Returns the properties that have a value, by name: {"category": "dresses", "primary_color": "red"}.
Json properties_json(const Properties& values);

}  // namespace fit::domain
