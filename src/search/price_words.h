#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>

namespace fit::search {

// A text without the words of its price, and the bounds that they state.
struct PriceWords {
  std::string rest;  // the remaining words, separated by single blanks
  std::optional<double> min;
  std::optional<double> max;
  // The currency of the bounds (ISO 4217). Empty where none is named, where several are, and where several
  // currencies have the name ("kr").
  std::string currency;
};

// Whether items have the words next to each other. If they have "max 90", it is the name of a model.
using IsPhrase = std::function<bool(std::string_view words)>;

// Reads the price in a query, in English, German, French, Spanish and Italian. A number is a price when a
// currency is beside it ("$50", "1.299,00 €", "kr 500", "2k eur"), or when a bound is directly beside it
// ("under 50", "bis 50", "moins de 50", "50 or less") and it is not a measure, size, year, model or range of
// sizes ("heels under 10 cm", "from 1990 to 1999", "air max 90", "between 30 and 32"). An amount with a
// currency and without a bound is a maximum. Currencies are not converted. A later bound replaces an earlier
// one; bounds that cross are swapped. Accepts any bytes.
PriceWords parse_price(std::string_view text, const IsPhrase& is_phrase = {});

}  // namespace fit::search
