#pragma once

#include <span>
#include <string>
#include <vector>

#include "domain/records.h"
#include "sql/sql_connection.h"
#include "store/words/word_query.h"

namespace fit::store {

struct WordEngine;

// The words of titles and brands. What has a digit, is shorter than kShortestKnown or longer than
// kLongestKnown characters is not among them.
inline constexpr std::size_t kShortestKnown = 3;
inline constexpr std::size_t kLongestKnown = 32;

// An item and the texts that it has now; borrowed.
struct ItemWords {
  ItemId item;
  const domain::Listing* listing;
};

// Adds the listings' words to them, and to the index where the database does not do so by itself; within a
// write transaction.
Result<void> index_item_words(sql::SqlConnection& connection, const WordEngine& engine,
                              std::span<const ItemWords> items);

// Words that begin with `start`, in byte order, at most `limit`; none for a start that is too short.
Result<std::vector<std::string>> complete_word(sql::SqlConnection& connection, const std::string& start,
                                               std::size_t limit);

// Whether one of them is a brand's.
Result<bool> is_in_brand(sql::SqlConnection& connection, std::span<const std::string> words);

// Words::correct(), in a read transaction.
Result<std::vector<WordCorrection>> correct_words(sql::SqlConnection& connection, const WordEngine& engine,
                                                  std::span<const std::string> words);

}  // namespace fit::store
