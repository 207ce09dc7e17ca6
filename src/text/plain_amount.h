#pragma once

#include <string>
#include <string_view>

namespace fit::text {

// Normalises the blanks, apostrophes, dashes, letter case and full-width characters of an amount of money.
std::string plain_amount(std::string_view text);

// Replaces each occurrence of `from`.
void replace_all(std::string& text, std::string_view from, std::string_view to);

}  // namespace fit::text
