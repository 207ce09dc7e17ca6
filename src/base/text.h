#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace fit {

// Whether the character is an ASCII digit.
constexpr bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

// Whether the text has an ASCII digit.
bool has_digit(std::string_view text);

// Lowers ASCII letters. Other bytes stay as they are, so that UTF-8 stays valid.
std::string to_lower(std::string_view text);

// Removes blanks (space, tab, line breaks) at both ends.
std::string_view trim(std::string_view text);

// Whether the text is well-formed UTF-8 (Unicode 15, table 3-7): no overlong forms, no surrogates, nothing
// above U+10FFFF.
bool is_utf8(std::string_view text);

// The longest prefix of valid UTF-8 with at most `bytes` bytes, cut between characters.
std::string_view utf8_prefix(std::string_view text, std::size_t bytes);

// The number with separators: "12,345,678".
std::string with_thousands(long long number);

}  // namespace fit
