#pragma once

#include <cstdint>
#include <string_view>

#include "store/words/word_search.h"

struct sqlite3;

namespace fit::store {

// The weight of a phrase in a full-text expression.
struct PhraseWeight {
  std::int64_t slot = 0;  // phrases of one number are forms of one term of the query
  double weight = 0;      // the term's inverse document frequency; 0: the phrase only selects
  double share = 1;       // how many occurrences one counts for
};

// The score of one item in the result of word_scores().
struct ItemWordScore {
  std::int64_t item = 0;
  WordScore score;
};

// Adds the tokenizer "fit" and three functions to a session, and returns a SQLite result code. A document of
// the tokenizer begins with the letter of its field (sqlite_words_index.h); a phrase of a query is tokens
// with blanks between. word_score(table, weights), for a MATCH, where `weights` are the bytes of one
// PhraseWeight a phrase, returns the bytes of a WordScore. word_scores(table, weights, bits) returns the
// bytes of an ItemWordScore for each item of the bitmap that has a phrase of the MATCH, whatever the current
// row. in_bitmap(bits, number) returns whether a bit is set. For SqliteOptions::add_functions.
int add_word_functions(sqlite3* db);

}  // namespace fit::store
