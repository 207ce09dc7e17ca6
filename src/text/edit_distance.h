#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace fit::text {

// The fewest insertions, deletions, replacements and swaps of neighbours that make `a` into `b` (optimal
// string alignment, bytes), or `limit` + 1 when more than `limit` are needed. Texts over 64 bytes are never
// near.
std::size_t edit_distance(std::string_view a, std::string_view b, std::size_t limit);

// How many mistakes a word of so many bytes is forgiven: none under four, one under eight, then two.
std::size_t forgiven_mistakes(std::size_t bytes);

// The known name that `name` was most likely meant to be, without regard to letter case; the first of equally
// near ones. Nothing when none is within a third of its length.
std::optional<std::string> nearest_name(std::string_view name, std::span<const std::string_view> known);

}  // namespace fit::text
