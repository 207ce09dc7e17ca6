#pragma once

#include <string>
#include <string_view>

namespace fit::text {

// Normalises the blanks, apostrophes, dashes, letter case and full-width characters of an amount of money.
std::string plain_amount(std::string_view text);

}  // namespace fit::text
