#pragma once

#include <span>
#include <string>
#include <vector>

#include "domain/records.h"
#include "sql/sql_connection.h"
#include "store/words/word_query.h"

namespace fit::store {

struct WordEngine;

// The words of titles and brands, folded. What has a digit, is shorter than kShortestKnown or longer than
// kLongestKnown characters, or is of a script without blanks, is not among them.
inline constexpr std::size_t kShortestKnown = 3;
inline constexpr std::size_t kLongestKnown = 32;

// An item with its present texts. Borrows the listing.
struct ItemWords {
  ItemId item;
  const domain::Listing* listing;
};

// Adds the listings' words and brands to those of the catalogue; within a write transaction.
Result<void> add_catalogue_words(sql::SqlConnection& connection, std::span<const ItemWords> items);

// Adds them, and the items to the index where the database does not do so by itself; within a write
// transaction.
Result<void> index_item_words(sql::SqlConnection& connection, const WordEngine& engine,
                              std::span<const ItemWords> items);

// Returns the words that begin with `start`, in byte order, at most `limit`; none for a start that is too
// short.
Result<std::vector<std::string>> complete_word(sql::SqlConnection& connection, const std::string& start,
                                               std::size_t limit);

// Other words with a stem of the folded word in one language, at most kMostOfOneStem.
inline constexpr std::size_t kMostOfOneStem = 12;
Result<std::vector<std::string>> words_of_stem(sql::SqlConnection& connection, std::string_view word);

// Which of some folded words titles and brands have.
struct KnownWord {
  std::string word;
  bool in_brand = false;
};
Result<std::vector<KnownWord>> known_words(sql::SqlConnection& connection,
                                           std::span<const std::string> words);

// Which of some joined names (text::joined_name) are brands.
Result<std::vector<std::string>> known_brands(sql::SqlConnection& connection,
                                              std::span<const std::string> names);

// Words::correct(), within a read transaction.
Result<std::vector<WordCorrection>> correct_words(sql::SqlConnection& connection, const WordEngine& engine,
                                                  std::span<const std::string> words);

}  // namespace fit::store
