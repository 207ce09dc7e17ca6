#pragma once

#include <span>
#include <string>
#include <vector>

#include "domain/records.h"
#include "sql/sql_connection.h"
#include "store/words/word_query.h"

namespace fit::store {

struct WordEngine;

// The table catalogue_words has the words of titles and brands, by which words are completed and corrected,
// except words with a digit and words of fewer than kShortestKnown or more than kLongestKnown characters. The
// functions block and are for the connection's thread.
inline constexpr std::size_t kShortestKnown = 3;
inline constexpr std::size_t kLongestKnown = 32;

// An item with its present texts. Borrows the listing.
struct ItemWords {
  ItemId item;
  const domain::Listing* listing;
};

// Adds the words of the listings to the table, and to the full-text index where the database does not do so
// by itself, within an ordered write transaction.
Result<void> index_item_words(sql::SqlConnection& connection, const WordEngine& engine,
                              std::span<const ItemWords> items);

// Returns the words that begin with `start`, in byte order, at most `limit`; none for a start that is too
// short.
Result<std::vector<std::string>> complete_word(sql::SqlConnection& connection, const std::string& start,
                                               std::size_t limit);

// Whether one of the words occurs in a brand.
Result<bool> is_in_brand(sql::SqlConnection& connection, std::span<const std::string> words);

// Words::correct(), within a read transaction.
Result<std::vector<WordCorrection>> correct_words(sql::SqlConnection& connection, const WordEngine& engine,
                                                  std::span<const std::string> words);

}  // namespace fit::store
