#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "ontology/ontology.h"
#include "search/catalogue_words.h"
#include "search/listed_names.h"
#include "search/property_values.h"
#include "store/catalogue.h"

namespace fit::search {

// A property that words name. Items that have it rank higher; no item is excluded.
struct SoftProperty {
  std::size_t property = 0;  // index into domain::kProperties
  std::string value;         // lower case: the ontology's value, or the catalogue's text
  // Lower case: the catalogue's texts for the value and its kinds ("t-shirt": "tshirts", "polo shirt"). The
  // value alone where it has none.
  std::vector<std::string> values;
  bool wanted = true;    // false: negated, as in "without stripes"
  bool is_used = false;  // some item has one of the values
};

// The meaning of a query's words.
struct ParsedText {
  std::string text;  // the query without the words of the price
  std::string rest;  // `text` without the words of properties that items have and without "this but in"
  std::vector<std::string> names;  // lower case: the words that mark_names() marks as names
  std::vector<std::string> named;  // lower case: words of wanted properties, whether items have them or not
  std::optional<double> min_price;
  std::optional<double> max_price;
  std::string price_currency;              // ISO 4217, of the bounds; empty: none, or it is not regarded
  std::vector<SoftProperty> properties;    // at most one for each property and value
  std::vector<std::string> denied_brands;  // lower case: brands that are negated ("not the north face")
  std::vector<std::string> denied_words;   // lower case: other negated words and names ("no tassels")
  std::vector<std::string> denied_values;  // lower case: the words of negated properties ("not red")
  // Words that no item has, with their corrections; `text` and `rest` hold the corrections.
  std::vector<store::WordCorrection> corrected;
  std::vector<store::WordCorrection> suggested;  // uncertain corrections, which were not made
};

// Parses the words of a query: first the price, then the names, then properties with the ontology's synonyms
// and negations; words that the ontology does not know are compared with the values of the catalogue's items,
// in singular and plural. Parses the first 64 words. Thread-safe; calls block as those of ListedNames do.
// Borrows the values and the names.
class QueryParser {
 public:
  QueryParser(const PropertyValues& values, const ListedNames& names, ontology::Ontology ontology);
  ~QueryParser();

  // Returns the errors of ListedNames.
  Result<ParsedText> parse(std::string_view text) const;

  // Whether a value includes its kinds, as "t-shirt" includes "polo shirt".
  enum class Kinds : std::uint8_t { kInclude, kExclude };

  // The catalogue's words for the ontology's values.
  CatalogueWords& words() const;

  // A value of a property in the catalogue's words. Where no item has it in this property, its sibling is
  // tried: category for subcategory, the secondary for the primary colour, and the reverse.
  SoftProperty soft_property(std::size_t property, std::string_view value,
                             Kinds kinds = Kinds::kInclude) const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace fit::search
