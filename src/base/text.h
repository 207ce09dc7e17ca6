#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace fit {

// ASCII letters lowered; other bytes stay as they are, so UTF-8 stays valid.
std::string to_lower(std::string_view text);

// Without blanks (space, tab, line breaks) at both ends.
std::string_view trim(std::string_view text);

// Well-formed UTF-8 (Unicode 15, table 3-7): no overlong forms, no surrogates, nothing above U+10FFFF.
bool is_utf8(std::string_view text);

// At most `bytes` of valid UTF-8 from the beginning, cut between characters.
std::string_view utf8_prefix(std::string_view text, std::size_t bytes);

// "12,345,678".
std::string with_thousands(long long number);

}  // namespace fit
