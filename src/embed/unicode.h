#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace fit::embed {

// Unicode's general categories L and N, its property White_Space, and its simple lower-case mapping.
bool is_letter(char32_t code);
bool is_number(char32_t code);
bool is_space(char32_t code);
char32_t to_lower(char32_t code);

// Returns the code point at `at` and moves `at` behind it. A byte that begins no valid UTF-8 sequence is read
// as U+FFFD and skipped. `at` must be inside the text.
char32_t next_code(std::string_view text, std::size_t& at);

// Appends a code point as UTF-8.
void append_utf8(std::string& text, char32_t code);

}  // namespace fit::embed
