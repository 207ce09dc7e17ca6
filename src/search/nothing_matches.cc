#include "search/nothing_matches.h"

#include <algorithm>

#include "base/format.h"
#include "text/edit_distance.h"

namespace fit::search {

namespace {

// A column as people call it: "primary color".
std::string name_of(std::string_view column) {
  std::string name(column);
  std::ranges::replace(name, '_', ' ');
  return name;
}

}  // namespace

std::string no_such_value(const ValueSet& values, std::span<const std::string_view> known) {
  const std::string& first = values.values.front();
  const std::string more = values.values.size() > 1 ? " or another requested value" : "";
  const auto nearest = text::nearest_name(first, known);
  return fit::format("no item has the {} \"{}\"{}{}", name_of(values.column), first, more,
                     nearest ? fit::format("; did you mean \"{}\"?", *nearest) : "");
}

Result<std::string> contradiction(const Filter& filter,
                                  const std::function<Result<bool>(const Filter& part)>& none) {
  const auto clash = [&none](const ValueSet& wanted, const ValueSet& other, bool is_wanted) -> Result<bool> {
    if (wanted.column != other.column) return false;
    Filter both;
    both.any_of = {wanted};
    (is_wanted ? both.any_of : both.none_of).push_back(other);
    return none(both);
  };
  for (const ValueSet& wanted : filter.any_of) {
    bool clashes = false;
    for (const ValueSet& unwanted : filter.none_of) {
      if (!clashes) {
        FIT_TRY(clashes, clash(wanted, unwanted, false));
      }
    }
    for (const ValueSet& other : filter.any_of) {
      if (!clashes && &wanted != &other) {
        FIT_TRY(clashes, clash(wanted, other, true));
      }
    }
    if (clashes) return fit::format("the conditions on {} contradict each other", name_of(wanted.column));
  }
  if (filter.min_price && filter.max_price && *filter.min_price > *filter.max_price) {
    return std::string("the bounds of the price contradict each other");
  }
  Filter price;
  price.min_price = filter.min_price;
  price.max_price = filter.max_price;
  price.price_in = filter.price_in;
  price.converted = filter.converted;
  if (!price.empty()) {
    FIT_TRY(const bool nothing, none(price));
    if (nothing) return std::string("no item for sale has a price in this range");
  }
  Filter money;
  money.currencies = filter.currencies;
  if (!money.empty()) {
    FIT_TRY(const bool nothing, none(money));
    if (nothing) return std::string("no item for sale has a price in this currency");
  }
  Filter time;
  time.listed_after = filter.listed_after;
  if (!time.empty()) {
    FIT_TRY(const bool nothing, none(time));
    if (nothing) return std::string("no item for sale was listed since that time");
  }
  Filter words;
  words.no_words = filter.no_words;
  words.denied = filter.denied;
  if (!words.empty()) {
    FIT_TRY(const bool nothing, none(words));
    if (nothing) return std::string("every item for sale has a word that the query leaves out");
  }
  return std::string("no item for sale meets all the filters together");
}

}  // namespace fit::search
