#pragma once

#include <cstdint>
#include <string_view>

#include "store/words/word_search.h"

struct sqlite3;

namespace fit::store {

// What a phrase of a full-text expression counts for.
struct PhraseWeight {
  std::int64_t word = 0;  // phrases of one number stand for one word of the question
  double weight = 0;      // the word's inverse document frequency; 0: the phrase only selects
};

// The statements that make the index item_words over items, the triggers that keep it in step, and the first
// catalogue_words.
extern const std::string_view kSqliteWordsIndex;

// What word_scores() answers of an item.
struct ItemWordScore {
  std::int64_t item = 0;
  WordScore score;
};

// Adds three functions to a session: word_score(item_words, weights), for a MATCH, where `weights` are the
// bytes of a PhraseWeight a phrase, answers the bytes of a WordScore; word_scores(item_words, weights, bits)
// those of an ItemWordScore for each item of the bitmap that has a phrase of the MATCH, whatever row it is
// asked of; in_bitmap(bits, number) tells whether a bit is set. Answers a SQLite result code.
int add_word_functions(sqlite3* db);

}  // namespace fit::store
