#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <string_view>

namespace fit::store {

// The longest word in bytes that the full-text index of PostgreSQL has.
inline constexpr std::size_t kLongestIndexed = 255;

// The weights of titles and brands in that index.
inline constexpr std::string_view kNameWeights = ":AB";

// Returns a tsquery for texts that have one of the forms, each of which is words separated by blanks that
// must be adjacent. `weights` limits it to some fields (":AB"). Empty when no text can have any of the forms.
std::string any_form(std::span<const std::string> forms, std::string_view weights = "");

}  // namespace fit::store
