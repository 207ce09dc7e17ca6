#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "search/item_columns.h"
#include "store/store.h"

namespace fit::search {

// A property that words name: items that say so are preferred, no item is left out.
struct SoftProperty {
  std::size_t property = 0;  // index into store::kProperties
  std::string value;         // lower case, as the catalogue has it
  bool wanted = true;        // else named to be left out: "without stripes"
};

// What the words of a question mean.
struct ReadText {
  std::string text;  // without the words of the price
  std::string rest;  // without those of properties either, nor "this but in" and the like
  std::optional<double> min_price;
  std::optional<double> max_price;
  std::vector<SoftProperty> properties;  // at most one a property and kind
  // Words that no item has, and what was read in their place; `text` and `rest` have the latter.
  std::vector<store::WordCorrection> corrected;
};

// Reads the words of a question. Thread-safe.
class QueryReader {
 public:
  virtual ~QueryReader() = default;
  virtual ReadText read(std::string_view text) const = 0;
};

// Knows the property values that the catalogue's items have, their plurals and a few other spellings, "not"
// and "without", and "long sleeves" or "v neck". Looks at the first 64 words. Does not own the columns.
std::unique_ptr<QueryReader> make_column_reader(const ItemColumns& columns);

}  // namespace fit::search
