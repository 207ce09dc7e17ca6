#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "domain/item_filter.h"
#include "sql/sql_connection.h"
#include "store/words/catalogue_words.h"
#include "store/words/word_query.h"

namespace fit::store {

// The full-text index of a database engine. Immutable. Functions block and are for the connection's thread.
struct WordEngine {
  // Statements that make the index, with triggers that maintain it where the database does so by itself.
  std::string_view schema;
  // Statements that make the index of folded words, which replaces the one of `schema`.
  std::string_view folded_schema = "";

  // Puts the texts of items written in this transaction into the index; null where the database does so by
  // itself.
  Result<void> (*index)(sql::SqlConnection& connection, std::span<const ItemWords> items) = nullptr;

  // Words::find(), within a read transaction.
  Result<WordResults> (*find)(sql::SqlConnection& connection, const WordQuery& query) = nullptr;

  // Counts the items of the scope that have one of the texts (words with blanks between), up to `most`.
  Result<std::int64_t> (*count_items)(sql::SqlConnection& connection, std::span<const std::string> texts,
                                      std::int64_t most, const WordScope& scope) = nullptr;
  // Whether an item of the scope has one of the texts in these fields.
  Result<bool> (*has_in)(sql::SqlConnection& connection, WordFields fields,
                         std::span<const std::string> texts, const WordScope& scope) = nullptr;

  // Returns the items that have one of the words, within a read transaction; null where the conditions of
  // filters find them (store/tables/filter_sql.h).
  Result<domain::ItemBits> (*denied_items)(sql::SqlConnection& connection,
                                           std::span<const domain::DeniedWord> words) = nullptr;

  // Adds items that an earlier version stored to the index of folded words, within an ordered write
  // transaction. Items that are indexed already may be among them.
  Result<void> (*index_stored)(sql::SqlConnection& connection, std::span<const ItemWords> items) = nullptr;

  // Removes the earlier index after the backfill; null when there is nothing to remove.
  Result<void> (*finish_backfill)(sql::SqlConnection& connection) = nullptr;
};

const WordEngine& sqlite_word_engine();    // FTS5
const WordEngine& postgres_word_engine();  // tsvector

}  // namespace fit::store
