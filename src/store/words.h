#pragma once

#include <span>
#include <string>
#include <vector>

#include "base/result.h"
#include "sql/database.h"
#include "store/words/word_engine.h"
#include "store/words/word_query.h"

namespace fit::store {

// Full-text search over the titles, brands and descriptions of items. Thread-safe; calls block. kInvalid
// naming "words" for a word that is not UTF-8 or holds a NUL.
class Words {
 public:
  Words(sql::Database& database, const WordEngine& engine) : database_(database), engine_(engine) {}

  // Finds items whose title, brand or description has one of the words: in any case, without regard to
  // accents, in singular or plural. A word that no item has is taken for the start of a word of titles and
  // brands. Ranked by BM25 over fields (Robertson, Zaragoza 2009), a title before a brand before a
  // description. Sees each write that returned before. `limit` hits whenever that many match, with two
  // exceptions: a word of thousands of items is searched for among the latest million items, and beside other
  // words it is ignored when half of the items have it. Operators of a query language are plain text here.
  Result<WordResults> find(const WordQuery& query);

  // The words that no item has, each with the nearest word of titles and brands, where there is one: within
  // one mistake (text/edit_distance.h) for words of four letters, where only brands count, to seven, and two
  // from eight. Of equally near words, the commonest. Words with digits are not corrected, nor is a wrong
  // first letter.
  Result<std::vector<WordCorrection>> correct(std::span<const std::string> words);

 private:
  sql::Database& database_;
  const WordEngine& engine_;
};

}  // namespace fit::store
