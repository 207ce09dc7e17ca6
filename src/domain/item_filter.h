#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/ids.h"

namespace fit::domain {

// Values of one column, compared without regard to letter case.
struct ValueSet {
  std::string column;  // "brand", "size", "source", "status" or one of kProperties
  std::vector<std::string> values;
};

// A word that an item must not have. Texts are words of the full-text index (text/analyzer.h), separated by
// blanks where they must be adjacent.
struct DeniedWord {
  std::vector<std::string> forms = {};   // the item has none of them,
  std::vector<std::string> unless = {};  // unless it has one of these: "without hood" for "hood"
  bool in_names_only = false;            // only titles and brands are searched for the forms
};

// Bounds of a price in one currency, both inclusive.
struct PriceRange {
  std::string currency;  // ISO 4217, upper case
  std::optional<double> min = {};
  std::optional<double> max = {};
};

// The ranges that two lists have together: of each currency that both lists name, the tighter bounds. Each
// list has at most one range of a currency; the result has the order of `one`.
std::vector<PriceRange> common_ranges(const std::vector<PriceRange>& one,
                                      const std::vector<PriceRange>& other);

// A set of items: bit i of number w stands for item 64 w + i.
using ItemBits = std::vector<std::uint64_t>;

// The conditions on the items of a result; an item must meet all of them. Items whose status is not "active"
// match only if a condition names the column "status". An empty filter matches every active item.
struct ItemFilter {
  std::vector<ValueSet> any_of = {};     // the item has one of the values
  std::vector<ValueSet> none_of = {};    // the item has none of the values; an item without a value matches
  std::optional<double> min_price = {};  // inclusive; an item without a price never matches
  std::optional<double> max_price = {};  // inclusive; an item without a price never matches
  // The price is in each of these ranges, and is converted where its currency is another one. An item without
  // a price or a currency never matches, nor one whose currency cannot be converted.
  std::vector<PriceRange> price_in = {};
  // `price_in` by currency, as search::convert_prices() makes it: the price is in the range of its currency.
  // An empty list matches no item. Selections read `converted` instead of `price_in`.
  std::optional<std::vector<PriceRange>> converted = {};
  std::optional<Timestamp> listed_after = {};  // inclusive
  std::vector<std::string> currencies = {};  // the currency of the price, one of these (ISO 4217, upper case)
  std::vector<std::string> external_ids = {};  // the external_id, one of these, from any source
  // The items with these external_ids, as found by Items::of_external_ids(). Selections read `among` instead
  // of `external_ids`.
  std::optional<std::vector<ItemId>> among = {};
  std::vector<DeniedWord> no_words = {};  // the texts of the item have none of these words
  // The items that have one of `no_words`, as found by Words::find_denied(), on engines whose selections are
  // bitmaps. These read `denied` instead of `no_words`.
  std::shared_ptr<const ItemBits> denied = {};

  bool empty() const {
    return any_of.empty() && none_of.empty() && !min_price && !max_price && price_in.empty() && !converted &&
           !listed_after && currencies.empty() && external_ids.empty() && !among && no_words.empty();
  }

  bool has_condition_on(std::string_view column) const;  // in any_of or none_of
};

// The filter of the items that satisfy both filters, whatever they are: each excludes the items that are not
// active unless it names the column "status" itself. Lists that have no value in common select no item, by an
// empty `among`.
ItemFilter both(const ItemFilter& one, const ItemFilter& other);
// Limits the filter to these items, whatever it requires of their status; nullopt limits nothing.
void keep_among(ItemFilter& filter, std::optional<std::vector<ItemId>> items);

}  // namespace fit::domain
