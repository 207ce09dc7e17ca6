#pragma once

#include <algorithm>
#include <string_view>

#include "base/text.h"

namespace fit::accounts {

// Whether a text is valid UTF-8 without control characters, such as line breaks.
inline bool is_one_line(std::string_view text) {
  const auto is_control = [](char c) { return static_cast<unsigned char>(c) < ' ' || c == '\x7f'; };
  return is_utf8(text) && std::ranges::none_of(text, is_control);
}

}  // namespace fit::accounts
