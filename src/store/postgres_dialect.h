#pragma once

#include "sql/sql_connection.h"

namespace fit::store {

// What PostgreSQL with pgvector writes differently. A space's vectors are the table vectors_<id> with the
// columns image_id (its key), item_id, embedding, a halfvec of the space's dimensions, and a copy of the
// columns that filters look at (store/postgres_search_tables.h).
const sql::SqlDialect& postgres_dialect();

}  // namespace fit::store
