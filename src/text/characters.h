#pragma once

#include <cstddef>
#include <string>
#include <string_view>

// Characters of UTF-8 texts. All are pure functions.
namespace fit::text {

// What next_code() returns for a byte that is not UTF-8; no code point has this value.
inline constexpr char32_t kNotUtf8 = 0x110000;

// Reads the character at `at`, which must be inside the text, and moves `at` to the next one. A byte that is
// not UTF-8 is read alone, as kNotUtf8.
char32_t next_code(std::string_view text, std::size_t& at);
// Appends the character in UTF-8.
void append_code(std::string& text, char32_t code);

std::size_t count_characters(std::string_view text);

}  // namespace fit::text
