#pragma once

#include <optional>
#include <string>
#include <string_view>

// Amounts of money as people write them. All are pure functions.
namespace fit::text {

struct Money {
  double amount = 0;     // >= 0, in major units
  std::string currency;  // ISO 4217; empty when the text names none, or one of several ("kr")
};

// Reads a text that is an amount and nothing else: "19.99", "$45", "1,299.00", "1.299,00 €", "1 000 €",
// "20,- EUR", "CHF 1'200.-", "₹2000", "$1k", "free". Words around the amount that do not change it ("from",
// "VB", "or best offer") may stand there. Nothing for any other text: a range, a negative amount, several
// amounts, other words.
std::optional<Money> parse_money(std::string_view text);

// Reads a number with group and decimal separators. Of two kinds of separators the last is the decimal one.
// A single separator before exactly three digits groups ("1.000" and "1,299" are over a thousand) unless a
// zero stands before it. Groups are parted by ".", ",", "'" or blanks. "k" behind the number multiplies by
// 1,000. Nothing for any other text.
std::optional<double> parse_amount(std::string_view text);

// Whether the text is a currency's sign ("€"), ISO 4217 code ("eur") or name ("euros"), in any letter case.
bool is_currency(std::string_view text);
// The ISO 4217 code of what is_currency() accepts. Empty for a name that several currencies share ("kr") and
// for any other text.
std::string_view currency_code(std::string_view text);

}  // namespace fit::text
