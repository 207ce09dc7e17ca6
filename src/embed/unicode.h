#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace fit::embed {

// Unicode's general categories L and N, its property White_Space, and its one-to-one lower case.
bool is_letter(char32_t code);
bool is_number(char32_t code);
bool is_space(char32_t code);
char32_t to_lower(char32_t code);

// The character at `at`, moving `at` behind it. A byte that is not UTF-8 there reads as U+FFFD and is skipped
// alone. `at` must be inside the text.
char32_t next_code(std::string_view text, std::size_t& at);

void append_utf8(std::string& text, char32_t code);

}  // namespace fit::embed
