#pragma once

#include <span>
#include <string>
#include <vector>

#include "base/result.h"
#include "sql/database.h"
#include "store/words/word_engine.h"
#include "store/words/word_query.h"

namespace fit::store {

// Full-text search over the titles, brands, sizes and descriptions of items. Thread-safe; calls block.
// kInvalid naming "words" for a word that is not UTF-8 or holds a NUL.
class Words {
 public:
  Words(sql::Database& database, const WordEngine& engine) : database_(database), engine_(engine) {}

  // Finds items whose title, brand, size or description has one of the words (text/analyzer.h): without
  // regard to case, accents and spelling apart or joined, in singular or plural, in any script. Words of
  // titles and brands with the same stem are found too, and for a word that no item has those that begin with
  // it; both count less. Ranked by BM25 over fields (Robertson, Zaragoza 2009): a title before a brand and a
  // size before a description. Sees each write that returned before. `limit` hits whenever that many match,
  // with two exceptions: a word of thousands of items is searched for among the latest million items, and
  // beside other words it is ignored when half of the items have it. Operators of a query language are plain
  // text here.
  Result<WordResults> find(const WordQuery& query);

  // Returns the words that no item has, each with the nearest word of titles and brands, where there is one.
  // Words of four to seven letters may have one mistake (text/edit_distance.h), longer ones two; words of
  // four letters are corrected to brands only. Of equally near words the commonest is returned. Words with
  // digits and wrong first letters are not corrected.
  Result<std::vector<WordCorrection>> correct(std::span<const std::string> words);

  // Which of the names (text::joined_name) are brands of items, with or without a leading "the". A brand that
  // no item has any more may be among them.
  Result<std::vector<std::string>> brands(std::span<const std::string> names);

  // Counts the items that have the words next to each other, up to `most`.
  Result<std::int64_t> count_phrase(std::string_view words, std::int64_t most);

  // Indexes the words of the next `limit` items that a version of the program without this index stored.
  // Searches find all items meanwhile, by the rules of that version. An ordered write, unless all items are
  // indexed.
  Result<WordBackfill> backfill(std::size_t limit);

 private:
  sql::Database& database_;
  const WordEngine& engine_;
};

}  // namespace fit::store
