#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "ontology/ontology.h"
#include "search/property_values.h"
#include "store/catalogue.h"

namespace fit::search {

// A property that words name: items that say so are preferred, no item is left out.
struct SoftProperty {
  std::size_t property = 0;  // index into domain::kProperties
  std::string value;         // lower case: the ontology's, or as the catalogue has it
  // Lower case: what the catalogue's items call the value and the kinds of it ("t-shirt": "tshirts", "polo
  // shirt"). The value alone where they have none.
  std::vector<std::string> values;
  bool wanted = true;    // else named to be left out: "without stripes"
  bool is_used = false;  // some item says one of the values
};

// What the words of a question mean.
struct ParsedText {
  std::string text;  // without the words of the price
  // Without those of properties that items have either, nor "this but in" and the like.
  std::string rest;
  std::vector<std::string>
      named;  // lower case: the words that name wanted properties, whether items have them or not
  std::optional<double> min_price;
  std::optional<double> max_price;
  std::vector<SoftProperty> properties;  // at most one a property and value
  // Words that no item has, and what was read in their place; `text` and `rest` have the latter.
  std::vector<store::WordCorrection> corrected;
};

// Reads the words of a question: first as the ontology knows them, with its synonyms and negations, then the
// words that it does not know as values that the catalogue's items have, in singular or plural. Looks at the
// first 64 words. Thread-safe. Does not own the values.
class QueryParser {
 public:
  QueryParser(const PropertyValues& values, ontology::Ontology ontology);
  ~QueryParser();

  ParsedText read(std::string_view text) const;

  // A value of a property in the catalogue's words. Where no item has it in this property, the one beside it
  // is tried: category for subcategory, the secondary for the primary colour, and the reverse.
  // With its kinds ("t-shirt": also "polo shirt"), or for itself alone.
  enum class Kinds : std::uint8_t { kTakenIn, kLeftOut };
  SoftProperty meaning(std::size_t property, std::string_view value, Kinds kinds = Kinds::kTakenIn) const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace fit::search
