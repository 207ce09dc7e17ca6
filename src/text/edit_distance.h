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

// The edit distance within which a word of `bytes` bytes is corrected: 0 below four bytes, 1 below eight, 2
// for longer words.
std::size_t allowed_edits(std::size_t bytes);

// The known name nearest to `name` by edit distance, without regard to letter case; the first of equally near
// ones. Nothing when none is within a third of the name's length.
std::optional<std::string> nearest_name(std::string_view name, std::span<const std::string_view> known);

}  // namespace fit::text
