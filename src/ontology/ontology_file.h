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
inline constexpr std::size_t kCategory = 0;
inline constexpr std::size_t kSubcategory = 1;
inline constexpr std::size_t kPrimaryColor = 2;
inline constexpr std::size_t kSecondaryColor = 3;
inline constexpr std::size_t kPattern = 4;
inline constexpr std::size_t kMaterial = 5;
inline constexpr std::size_t kSeason = 12;
inline constexpr std::size_t kGender = 14;

// ontology.json as it is read, before anything is looked up in it.
struct OntologyFile {
  struct Value {
    std::string name;
    std::vector<std::string> words;  // besides the name
    std::string category;            // of a subcategory
    std::string broader;
    std::vector<std::pair<std::string, std::string>> implies;  // property, value
  };
  // By property; that of secondary_color is empty: it has the values of primary_color.
  std::array<std::vector<Value>, kPropertyCount> values;

  std::vector<std::string> title_and_tags_only;
  std::vector<std::string> only_before_a_garment;
  std::vector<std::string> not_alone;
  std::vector<std::string> no_property;
  std::vector<std::string> negations;
  std::vector<std::string> negation_reaches_over;
  std::vector<std::string> negated_by_following;
  std::vector<std::string> asides;
  std::vector<std::string> parts;
};

// kMalformed or kInvalid naming the member that is wrong; what the words mean together is not looked at.
Result<OntologyFile> read_ontology_file(std::string_view json);

}  // namespace fit::ontology
