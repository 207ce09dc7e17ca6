#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "text/currency.h"

// Reads amounts of money as people write them. All functions are pure.
namespace fit::text {

// An amount of money.
struct Money {
  double amount = 0;     // >= 0, in major units
  std::string currency;  // ISO 4217; empty when the text has none or an ambiguous one ("kr")
};

// Reads a text that is one amount: "19.99", "$45", "1,299.00", "1.299,00 €", "1 000 €", "20,- EUR", "CHF
// 1'200.-", "₹2000", "$1k", "free". It may contain words that do not change the amount ("from", "VB", "or
// best offer"). nullopt for any other text: a range, a negative amount, several amounts, other words.
std::optional<Money> parse_money(std::string_view text);

// A number with separators.
struct Number {
  double value = 0;
  std::size_t whole_digits = 0;  // the number of digits before the decimal separator
};

// Reads a number with separators of groups (".", ",", "'" or a blank) and of decimals. Of two kinds of
// separators the last is the decimal one. A single separator before exactly three digits separates a group
// ("1.000" and "1,299" are over a thousand), unless a zero precedes it. nullopt for any other text.
std::optional<Number> parse_number(std::string_view text);

// Reads a number as parse_number() does. A "k" after it multiplies it by 1,000. nullopt for any other text.
std::optional<double> parse_amount(std::string_view text);

}  // namespace fit::text
