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

// A word of a query and its meaning.
struct QueryWord {
  std::size_t begin = 0;        // the byte offset in the text
  std::string text;             // as written
  std::string lower;            // folded, with inner hyphens, apostrophes, dots and "&"
  bool is_name = false;         // a part of a name; not parsed as a property, a small word or a negation
  bool is_brand = false;        // a part of a brand whose words all name properties; parsed as both
  bool is_denied = false;       // no name, and a negation reaches it: "tassels" in "anything but tassels"
  std::size_t brand_words = 0;  // in the first word of a name that is a brand: its number of words
};

// A name in a query.
struct QueryName {
  std::size_t first = 0;  // index into the words
  std::size_t count = 0;
  bool is_brand = false;   // a brand of the catalogue; otherwise words that items have together
  bool is_denied = false;  // a negation reaches it: "not nike"
};

// Splits a text into words. Returns the first `most` words.
std::vector<QueryWord> split_query(std::string_view text, std::size_t most);

// Replaces the hyphen before a word by "not": "dress -red" becomes "dress not red".
std::string spell_negations(std::string_view text);

// Whether the word is a small word, which means something only beside others ("the", "on"); whether it
// negates the next word ("without").
bool is_filler(std::string_view lower);
bool is_negation(std::string_view lower);
// Whether a negation continues behind the word ("no tassels or beads").
bool continues_negation(std::string_view lower);
// Whether the word says something of an item, so that items with it can be left out: no number, no single
// letter, and none of the words that only weaken a negation ("not too long").
bool can_be_denied(std::string_view lower);

// Marks the words of a text that are names: the longest runs of words that are a brand ("white stuff", "no
// 21"), and a property's word with its neighbour, if at least half of the items with the neighbour have both
// together ("pink floyd"). A brand whose words all name properties ("off white") is marked as is_brand. A
// small word alone is a name only if it is a brand, stands at the beginning or end of the text and has no
// small word beside it ("on shoes"). Returns the errors of `names`.
Result<void> mark_names(const ListedNames& names, const ontology::Ontology& ontology, std::string_view text,
                        std::span<QueryWord> words);

// Marks the words of a text that a negation of the ontology reaches, names excepted. Call after mark_names().
void mark_denied(const ontology::Ontology& ontology, std::string_view text, std::span<QueryWord> words);

// The names that mark_names() has marked, in order.
std::vector<QueryName> names_in(const ontology::Ontology& ontology, std::string_view text,
                                std::span<const QueryWord> words);

// Replaces the letters of names, so that the ontology finds no mentions in them. Positions in the text stay.
std::string hide_names(std::string_view text, std::span<const QueryWord> words);

}  // namespace fit::search
