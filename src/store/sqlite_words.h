#pragma once

#include <cstdint>
#include <span>
#include <string>

#include "sql/sql_connection.h"
#include "store/store.h"

namespace fit::store {

// SqlDialect::find_words() and SqlDialect::count_items() by FTS5.
Result<WordResults> find_words_sqlite(sql::SqlConnection& connection, const WordQuery& question);
Result<std::int64_t> count_items_sqlite(sql::SqlConnection& connection, std::span<const std::string> texts,
                                        std::int64_t most);

}  // namespace fit::store
