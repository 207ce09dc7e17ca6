#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.h"
#include "domain/records.h"

namespace fit::ontology {

inline constexpr std::size_t kPropertyCount = domain::kProperties.size();
using domain::kCategory;
using domain::kGender;
using domain::kMaterial;
using domain::kPattern;
using domain::kPrimaryColor;
using domain::kSeason;
using domain::kSecondaryColor;
using domain::kSubcategory;

// The content of ontology.json, before references are resolved.
struct OntologyFile {
  // A value of a property as the file states it.
  struct Value {
    std::string name;
    std::vector<std::string> words;                            // terms besides the name
    std::string category;                                      // a subcategory's category, otherwise empty
    std::string broader;                                       // the broader value, or empty
    std::vector<std::pair<std::string, std::string>> implies;  // property, value
  };
  // By property. The entry of secondary_color is empty, because it has the values of primary_color.
  std::array<std::vector<Value>, kPropertyCount> values;

  std::vector<std::string> title_and_tags_only;    // terms without a meaning in descriptions: "top"
  std::vector<std::string> only_before_a_garment;  // terms with a meaning only before a garment: "long"
  std::vector<std::string> not_alone;              // terms with a meaning only as the whole text
  std::vector<std::string> no_property;            // phrases without a meaning: "new balance"
  std::vector<std::string> negations;              // phrases that negate the next value: "not"
  std::vector<std::string> negation_reaches_over;  // words that do not end a negation: "real"
  std::vector<std::string> negated_by_following;   // words that negate the previous value: "free"
  std::vector<std::string> asides;                 // phrases that introduce another item: "goes well with"
  std::vector<std::string> parts;                  // words for parts of a garment: "buttons"
};

// Parses the JSON and checks its form. kMalformed or kInvalid, naming the member. References between values
// are checked by Lexicon::make().
Result<OntologyFile> read_ontology_file(std::string_view json);

}  // namespace fit::ontology
