#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>

namespace fit::search {

// A text without the words of a price, and the bounds that they name.
struct PriceWords {
  std::string rest;  // the remaining words, with one blank between them
  std::optional<double> min;
  std::optional<double> max;
};

// Whether items have the words next to each other; "max 90" then names a model.
using IsPhrase = std::function<bool(std::string_view words)>;

// Reads the price that a query names, in English, German, French, Spanish and Italian. A number is a price
// where a currency stands at it ("$50", "1.299,00 €", "kr 500", "2k eur"), or a bound stands directly before
// it ("under 50", "bis 50", "moins de 50") and no unit, size, year, model or range of sizes explains it
// ("heels under 10 cm", "from 1990 to 1999", "air max 90", "between 30 and 32"). An amount without a bound is
// a maximum. Currencies are not converted. Later bounds replace earlier ones; bounds that cross are put in
// order. Takes any bytes.
PriceWords parse_price(std::string_view text, const IsPhrase& is_phrase = {});

}  // namespace fit::search
