#pragma once

#include <cstdint>
#include <string_view>

#include "store/words/word_search.h"

struct sqlite3;

namespace fit::store {

// The weight of a phrase in a full-text expression.
struct PhraseWeight {
  std::int64_t slot = 0;  // phrases with the same slot are forms of one term of the query
  double weight = 0;      // the term's inverse document frequency; 0: the phrase only selects
  double share = 1;       // the weight of an occurrence
};

// The score of an item in the result of word_scores().
struct ItemWordScore {
  std::int64_t item = 0;
  WordScore score;
};

// Adds the tokenizer "fit" and three SQL functions to a session and returns a SQLite result code; for
// SqliteOptions::add_functions. A document of the tokenizer begins with the letter of its field
// (sqlite_words_index.h); a phrase of a query is tokens separated by blanks. word_score(table, weights)
// returns the bytes of a WordScore for the current row of a MATCH; `weights` are the bytes of one
// PhraseWeight for each phrase. word_scores(table, weights, bits) returns the bytes of an ItemWordScore for
// each item of the bitmap that has a phrase of the MATCH, whatever the current row. in_bitmap(bits, number)
// returns whether a bit is set.
int add_word_functions(sqlite3* db);

}  // namespace fit::store
