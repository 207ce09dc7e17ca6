#pragma once

#include <cstdint>
#include <span>
#include <string>

#include "sql/sql_connection.h"
#include "store/store.h"

namespace fit::store {

// The statements that make the table item_words, which has a tsvector of each item's words: titles with the
// weight A, brands with B, descriptions with D.
extern const std::string_view kPostgresWordsIndex;

// SqlDialect::index_words(), find_words() and count_items() by tsvector.
Result<void> index_words_postgres(sql::SqlConnection& connection, std::span<const ItemWords> items);
Result<WordResults> find_words_postgres(sql::SqlConnection& connection, const WordQuery& question);
Result<std::int64_t> count_items_postgres(sql::SqlConnection& connection, std::span<const std::string> texts,
                                          std::int64_t most);

}  // namespace fit::store
