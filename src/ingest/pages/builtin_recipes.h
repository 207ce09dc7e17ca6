#pragma once

#include <span>
#include <string_view>

namespace fit::ingest {

// A recipe that is part of the program: a file of recipes/ at build time.
struct BuiltinRecipe {
  std::string_view name;
  std::string_view toml;
};
std::span<const BuiltinRecipe> builtin_recipes();

}  // namespace fit::ingest
