#pragma once

#include <filesystem>
#include <span>

#include "base/json.h"

namespace fit::bench {

// The times of a start of the quantised index of this folder with a cold cache: until it is open, until it
// has answered a first query, and what reading and verifying everything takes, which happens behind.
Json cold_start(const std::filesystem::path& folder, std::span<const float> query);

}  // namespace fit::bench
