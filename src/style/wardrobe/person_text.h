#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace fit::style {

// Removes the blanks at the ends of a text that a person has written. kInvalid naming `field` when it then
// has more than `most` bytes, is not UTF-8 or has control characters; with `may_break`, line breaks and tabs
// are allowed.
Result<void> settle_text(std::string_view field, std::string& text, std::size_t most, bool may_break = false);

// Short texts without semicolons as one, "work;linen", and back: the parts without the blanks at their ends,
// those that are not empty.
std::string join_list(std::span<const std::string> parts);
std::vector<std::string> split_list(std::string_view text);

}  // namespace fit::style
