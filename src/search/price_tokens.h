#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

// The words, numbers and signs of a query, for prices.
namespace fit::search {

enum class PriceTokenKind : std::uint8_t { kWord, kNumber, kCurrency, kSign, kDash, kOther };

struct PriceToken {
  PriceTokenKind kind = PriceTokenKind::kOther;
  std::string
      text;  // folded; of a number: the letters behind it ("k", "eur", "cm"); of a sign: "<", ">", "<=", ">="
  double value = 0;        // of a number
  std::size_t digits = 0;  // of a number's whole part
  bool is_plain = true;    // a number of digits alone
  bool has_blank_before = false;
  std::uint32_t begin = 0;  // bytes in the text
  std::uint32_t end = 0;
};

// Reads "1.000", "1,299.00", "1.299,00" and "1'000" as one number. Takes any bytes.
std::vector<PriceToken> read_price_tokens(std::string_view text);

// An amount of money, or a number that may be one.
struct Amount {
  double value = 0;
  bool has_currency = false;  // a sign, code or word of a currency stands at it
  bool is_plain = true;       // a number of digits alone, as years, sizes and models are written
  std::size_t digits = 0;
  std::size_t first = 0;  // of its tokens
  std::size_t end = 0;    // behind its tokens
};

// The amount that begins at a token: "50", "€ 1.000", "1 000 €", "$1k", "kr 500", "50eur". Nothing where
// letters that are no currency stand at the number ("90s", "10cm"), or no number is there.
std::optional<Amount> amount_at(std::span<const PriceToken> tokens, std::size_t at);

}  // namespace fit::search
