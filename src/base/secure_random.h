#pragma once

#include <cstddef>
#include <span>

#include "base/bytes.h"

namespace fit {

// Returns random bytes of the operating system (getrandom(2)), fit for secrets. Thread-safe; blocks only
// until the system has collected entropy for the first time after its start.
Bytes secure_random(std::size_t size);

}  // namespace fit
