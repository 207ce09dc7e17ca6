#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "text/currency.h"

// Tokens of a query, from which prices are read.
namespace fit::search {

// The kind of a token. kCurrency is the sign of a currency.
enum class PriceTokenKind : std::uint8_t { kWord, kNumber, kCurrency, kSign, kDash, kOther };

// A word, a number or a sign of a query.
struct PriceToken {
  PriceTokenKind kind = PriceTokenKind::kOther;
  // A word: folded. A number: the letters after it ("k", "eur", "cm"). A kSign: "<" or ">". A kCurrency: the
  // sign; empty for ":-". kOther: the character.
  std::string text;
  text::Casing casing = text::Casing::kAny;  // of the letters of `text`
  double value = 0;                          // the value of a number
  std::size_t digits = 0;                    // the number of digits of a number's integer part
  bool is_plain = true;                      // a number without separators
  bool has_blank_before = false;
  std::uint32_t begin = 0;  // byte offsets in the text
  std::uint32_t end = 0;
};

// Splits a text into tokens. Reads "1.000", "1,299.00", "1.299,00" and "1'000" as one number, by
// text::parse_number(); a number whose separators do not fit ("12.05.2023") is a kOther. Accepts any bytes.
std::vector<PriceToken> read_price_tokens(std::string_view text);

// A number that may be an amount of money.
struct Amount {
  double value = 0;
  bool has_currency = false;  // a sign, code or word of a currency is beside it
  // Its code (ISO 4217); empty for a name that several currencies share ("kr"). A code or a name counts more
  // than a sign: "$20 CAD".
  std::string currency = {};
  bool is_plain = true;  // digits only, as in years, sizes and models
  std::size_t digits = 0;
  std::size_t first = 0;  // the index of its first token
  std::size_t end = 0;    // the index after its last token
};

// The amount that begins at the token: "50", "€ 1.000", "1 000 €", "$1k", "kr 500", "50eur". nullopt when
// there is no number, or when letters that are not a currency follow it ("90s", "10cm").
std::optional<Amount> amount_at(std::span<const PriceToken> tokens, std::size_t at);

}  // namespace fit::search
