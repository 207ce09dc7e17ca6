#pragma once

#include <cstdint>
#include <optional>

namespace fit {

// The memory that this process may use, in bytes: that of the machine or of the least limit of its control
// groups (version 2). nullopt where it cannot be read.
std::optional<std::uint64_t> memory_limit();

// The memory that this process could use in addition now, in bytes, file cache that can be dropped included.
// nullopt where it cannot be read.
std::optional<std::uint64_t> available_memory();

}  // namespace fit
