#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace fit::domain {

// A part of a text that may be a size.
struct SizeToken {
  std::optional<double> number = {};
  std::string word = {};  // letters, in lower case
  char separator = 0;     // '/' or '-'

  bool is_separator() const { return separator != 0; }
};

// The parts of a text, without a label such as "Size" before them and with fractions added to their numbers:
// "Size 38 2/3" is the number 38.667. nullopt for texts that cannot be a size: empty ones, those of more than
// 40 bytes or eight parts, and those with other characters.
std::optional<std::vector<SizeToken>> size_tokens(std::string_view text);

// A number of a size as it is written: "38", "38.5", "38 1/3", "38 2/3".
std::string size_number(double number);

}  // namespace fit::domain
