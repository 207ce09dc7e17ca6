#pragma once

#include <mutex>
#include <optional>
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

  // The value of the ontology under which a text of the property is counted: "Tshirts" -> "t-shirt", and as a
  // category -> "tops". nullopt for a text that the ontology does not know. The view lives as long as this.
  std::optional<std::string_view> meaning_of(std::size_t property, std::string_view text) const;

  // The column's texts, in lower case and sorted, that mean this value of `property`; `with_kinds`: or a kind
  // of it. `column` is the index of `property` or of a property with the same values, as category and
  // subcategory may have. A category has the texts of its subcategories.
  std::vector<std::string> texts_of(std::size_t column, std::size_t property, std::string_view value,
                                    bool with_kinds);

  // The text itself and the property's texts, in lower case, with the same meaning: those with its
  // meaning_of(); for a subcategory's word as a category ("t-shirt") those of that subcategory. Never a kind
  // of it, so that the items found are those that a facet counts.
  std::vector<std::string> same_as(std::size_t property, std::string_view text);

  // Whether same_as(property, value) has the text of an item, once the columns have the item.
  bool are_same(std::size_t property, std::string_view value, std::string_view text) const;

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
