#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "base/bytes.h"

namespace fit {

// Returns random bytes of the operating system (getrandom(2)), fit for secrets. Thread-safe; blocks only
// until the system has collected entropy for the first time after its start.
Bytes secure_random(std::size_t size);

// Returns 64 bits of secure_random().
std::uint64_t secure_random_number();

// Returns a number from 0 to below 1 made of 53 bits of secure_random().
double secure_random_share();

}  // namespace fit
