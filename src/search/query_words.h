#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "ontology/ontology.h"
#include "search/listed_names.h"

namespace fit::search {

// A word of a query, and what it is read as.
struct QueryWord {
  std::size_t begin = 0;  // bytes in the text
  std::string text;       // as it stands
  std::string lower;      // folded, with inner hyphens, apostrophes, dots and "&"
  bool is_name = false;   // of a brand, or of words that items have together: no property, filler or negation
  bool is_brand = false;  // of a brand that is nothing but properties' words: both are meant
};

// The first `most` words of a text.
std::vector<QueryWord> split_query(std::string_view text, std::size_t most);

// The text with "not" for the hyphen before a word: "dress -red" becomes "dress not red".
std::string spell_negations(std::string_view text);

// Whether the word means something only beside others ("the", "on"), or denies the next one ("without").
bool is_filler(std::string_view lower);
bool is_negation(std::string_view lower);

// Marks the words of a text that are names: the longest runs that are a brand ("white stuff", "no 21"), and a
// colour, material or the like that the catalogue nearly always has beside the next or the last word ("pink
// floyd"). A brand of nothing but properties' words ("off white") may be meant as a brand or not. A lone
// small word is a name at the beginning or the end of the text ("on shoes"). The errors of `names`.
Result<void> mark_names(const ListedNames& names, const ontology::Ontology& ontology, std::string_view text,
                        std::span<QueryWord> words);

// The text with the names, whose letters mean nothing, hidden from the ontology at their places.
std::string hide_names(std::string_view text, std::span<const QueryWord> words);

}  // namespace fit::search
