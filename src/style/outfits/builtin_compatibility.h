#pragma once

#include <string_view>

namespace fit::style {

// The content of models/outfits/compatibility.json at build time.
std::string_view builtin_compatibility();

}  // namespace fit::style
