#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace fit::search {

// The price range that a text asks for, and the text without the words of the range.
struct PriceWords {
  std::optional<double> min;  // inclusive
  std::optional<double> max;  // inclusive
  std::string rest;           // words with one blank between them
};

// Reads "under $50", "below 50 eur", "up to 1,000", "over 100 eur", "at least £20", "< 50", "between 20 and
// 40", "from 20 to 40 euros", "$20-$40". The currency is ignored: prices are not converted. Of two bounds on
// the same end the later one counts; the ends of "between" may come in either order. A number without such
// words stays in the text ("501 jeans").
PriceWords parse_price(std::string_view text);

}  // namespace fit::search
