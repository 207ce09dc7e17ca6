#pragma once

#include <array>
#include <mutex>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "ontology/ontology.h"
#include "search/property_values.h"

namespace fit::search {

// The catalogue's texts for the ontology's values: an item may have "tshirts" where the ontology has
// "t-shirt". Texts are added as items bring them and are never removed. Thread-safe. Borrows the values.
class CatalogueWords {
 public:
  CatalogueWords(const PropertyValues& values, ontology::Ontology ontology);

  // The column's texts, in lower case and sorted, that mean this value of `property`; `with_kinds`: or a kind
  // of it. `column` is the index of `property` or of a property with the same values, as category and
  // subcategory may have.
  std::vector<std::string> texts_of(std::size_t column, std::size_t property, std::string_view value,
                                    bool with_kinds);

 private:
  // The texts of one column by the ontology's values.
  struct Learned {
    std::size_t seen = 0;                                                  // the column's texts read so far
    std::unordered_map<std::string_view, std::vector<std::string>> texts;  // by the ontology's value
  };

  const PropertyValues& values_;
  ontology::Ontology ontology_;
  std::mutex mutex_;
  std::unordered_map<std::size_t, Learned> learned_;  // by column and property
};

}  // namespace fit::search
