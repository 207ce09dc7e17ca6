#pragma once

#include <span>
#include <string_view>

namespace fit::embed {

// models/*/manifest.json as they were when the program was built.
std::span<const std::string_view> builtin_manifests();

}  // namespace fit::embed
