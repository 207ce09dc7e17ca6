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
// Of a WordScope, calls see no other items: results do not depend on their words. kInvalid naming "words" for
// a word that is not UTF-8 or holds a NUL.
class Words {
 public:
  Words(sql::Database& database, const WordEngine& engine) : database_(database), engine_(engine) {}

  // Finds items whose title, brand, size or description has one of the words (text/analyzer.h), in any
  // script, in any letter case, with or without accents, written apart or joined, in singular or plural.
  // Words of titles and brands with the same stem match too, and so do, for a word that no item has, those
  // that begin with it; both count less. Hits are ranked by BM25 over fields (Robertson, Zaragoza 2009), a
  // title before a brand or size before a description. Sees every write that returned before. Returns `limit`
  // hits whenever that many match, with two exceptions: a word of thousands of items is searched for among
  // the latest million items, and beside other words it is ignored when half of the items have it. Operators
  // of query languages are plain text.
  Result<WordResults> find(const WordQuery& query);

  // Returns the words that no item has, each with the nearest word of titles and brands, where there is one.
  // Words of four to seven letters may have one mistake (text/edit_distance.h), longer ones two; words of
  // four letters are corrected to brands only. Of equally near words the commonest is returned. Words with
  // digits and wrong first letters are not corrected.
  Result<std::vector<WordCorrection>> correct(std::span<const std::string> words,
                                              const WordScope& scope = {});

  // Returns those of the names (text::joined_name()) that are brands of items, with or without a leading
  // "the". They may include a brand that no item has any more.
  Result<std::vector<std::string>> brands(std::span<const std::string> names);

  // Counts the items that have the words next to each other, up to `most`.
  Result<std::int64_t> count_phrase(std::string_view words, std::int64_t most, const WordScope& scope = {});

  // Sets `denied` of the filter to the items that have one of its `no_words`, on engines whose selections are
  // bitmaps. Sees every write that returned before.
  Result<void> find_denied(domain::ItemFilter& filter);

  // Indexes the words of the next `limit` items that an earlier version of the program stored without this
  // index. Searches find all items meanwhile, by the rules of that version. Does an ordered write, unless all
  // items are indexed.
  Result<WordBackfill> backfill(std::size_t limit);

 private:
  sql::Database& database_;
  const WordEngine& engine_;
};

}  // namespace fit::store
