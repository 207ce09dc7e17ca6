#pragma once

#include <span>
#include <string>
#include <vector>

#include "domain/records.h"
#include "sql/sql_connection.h"
#include "store/words/word_query.h"

namespace fit::store {

struct WordEngine;

// The table catalogue_words has the folded words of titles and brands, by which words are completed and
// corrected, except words with a digit, words of fewer than kShortestKnown or more than kLongestKnown
// characters, and words of scripts without blanks. The functions block and are for the connection's thread.
inline constexpr std::size_t kShortestKnown = 3;
inline constexpr std::size_t kLongestKnown = 32;

// An item with its present texts. Borrows the listing.
struct ItemWords {
  ItemId item;
  const domain::Listing* listing;
};

// Adds the words and brands of the listings to catalogue_words and catalogue_brands, within a write
// transaction.
Result<void> add_catalogue_words(sql::SqlConnection& connection, std::span<const ItemWords> items);

// Like add_catalogue_words(), and adds the items to the full-text index where the database does not do so by
// itself.
Result<void> index_item_words(sql::SqlConnection& connection, const WordEngine& engine,
                              std::span<const ItemWords> items);

// Returns the words that begin with `start`, in byte order, at most `limit`; none for a start that is too
// short.
Result<std::vector<std::string>> complete_word(sql::SqlConnection& connection, const std::string& start,
                                               std::size_t limit);

// Returns other words of the catalogue that share a stem with the folded word in one language, at most
// kMostOfOneStem.
inline constexpr std::size_t kMostOfOneStem = 12;
Result<std::vector<std::string>> words_of_stem(sql::SqlConnection& connection, std::string_view word);

// A word of catalogue_words.
struct KnownWord {
  std::string word;
  bool in_brand = false;
};
// Returns those of the folded words that titles and brands have.
Result<std::vector<KnownWord>> known_words(sql::SqlConnection& connection,
                                           std::span<const std::string> words);

// Returns those of the joined names (text::joined_name()) that are brands.
Result<std::vector<std::string>> known_brands(sql::SqlConnection& connection,
                                              std::span<const std::string> names);

// Words::correct(), within a read transaction.
Result<std::vector<WordCorrection>> correct_words(sql::SqlConnection& connection, const WordEngine& engine,
                                                  std::span<const std::string> words, const WordScope& scope);

}  // namespace fit::store
