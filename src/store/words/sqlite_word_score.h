#pragma once

#include <cstdint>
#include <string_view>

#include "store/words/word_search.h"

struct sqlite3;

namespace fit::store {

// The weight of a phrase in a full-text expression.
struct PhraseWeight {
  std::int64_t word = 0;  // phrases of one number are forms of one word of the query
  double weight = 0;      // the word's inverse document frequency; 0: the phrase only selects
};

// The statements that make the index item_words over items and the triggers that maintain it, and that fill
// both it and catalogue_words.
extern const std::string_view kSqliteWordsIndex;

// The score of an item in the result of word_scores().
struct ItemWordScore {
  std::int64_t item = 0;
  WordScore score;
};

// Adds three SQL functions to a session and returns a SQLite result code; for SqliteOptions::add_functions.
// word_score(item_words, weights) returns the bytes of a WordScore for the current row of a MATCH; `weights`
// are the bytes of one PhraseWeight for each phrase. word_scores(item_words, weights, bits) returns the bytes
// of an ItemWordScore for each item of the bitmap that has a phrase of the MATCH, whatever the current row.
// in_bitmap(bits, number) returns whether a bit is set.
int add_word_functions(sqlite3* db);

}  // namespace fit::store
