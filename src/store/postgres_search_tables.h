#pragma once

#include <string>

#include "store/sql_connection.h"
#include "store/store.h"

namespace fit::store {

// The statements that prepare for search inside the database: fit_key(), the indexes of the items' filter
// columns, the table item_values, which counts the values that items have, and what keeps it and the copies
// of the filter columns beside the vectors in step.
std::string postgres_search_tables();

// Makes the table vectors_<id> of a space with its indexes, within a write transaction. kInvalid for more
// dimensions than can be stored.
Result<void> make_vector_table(SqlConnection& connection, const SpaceRecord& space);

// The columns of a filter: source, brand, size, status, price, listed_at and the properties; and those of
// them that are texts.
const std::vector<std::string>& filter_columns();
bool is_text_column(std::string_view name);

}  // namespace fit::store
