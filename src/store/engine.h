#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "domain/space.h"
#include "sql/database.h"
#include "sql/migrations.h"
#include "store/integrity.h"
#include "store/pgvector/graph_options.h"
#include "store/pgvector/vector_search.h"
#include "store/tables/vector_format.h"
#include "store/words/word_engine.h"

namespace fit::store {

// The vectors of one space of images, as SQL. An embedding is bytes in the format.
struct ImageSpaceSql {
  const VectorFormat* format = nullptr;
  std::string rows;        // for FROM: the rows as v, with v.image_id and v.embedding
  std::string only;        // a condition that only the space's rows satisfy
  std::string put;         // adds or replaces a vector: $1 image, $2 its item, $3 embedding
  std::string table = "";  // takes rows of image_id, item_id, embedding and category by copy_rows()
  // Removes a vector: $1 its image, $2 the key of its category. Not empty where the vectors may lie in
  // partitions by category. There `put` only adds, with the key as $4, and reads that know the category name
  // it.
  std::string remove = "";
};

// The vectors of one space of texts, as SQL: rows of item_id, item_updated_at, text_hash and embedding. An
// item's text_hash says from which texts its vector was made. Its item_updated_at is the item's updated_at
// when the texts were last compared: after a later write they are compared again, and embedded again when
// they differ. A program that does not know this table may write items beside one that does. An embedding is
// bytes in the format.
struct TextSpaceSql {
  const VectorFormat* format = nullptr;
  std::string rows;  // for FROM and UPDATE: the rows as v
  std::string only;  // a condition that only the space's rows satisfy
  std::string put;   // adds or replaces a vector: $1 item, $2 its updated_at, $3 text_hash, $4 embedding
};

// What differs between the database engines in the catalogue's tables. There is one value for each engine,
// which is chosen where a catalogue is opened. Immutable; functions that take a connection block, are for its
// thread and return its errors.
struct Engine {
  // The texts of {words_index}, {folded_words_index}, {vector_tables}, {search_tables} and
  // {text_vector_tables} in the migrations.
  std::vector<sql::MigrationToken> migration_tokens;

  // Reserves `count` ids of a table ("items" or "images"), ascending. Null where the dialect does not copy
  // rows.
  Result<std::vector<std::int64_t>> (*take_ids)(sql::SqlConnection& connection, std::string_view table,
                                                std::size_t count) = nullptr;

  ImageSpaceSql (*image_space)(std::int64_t space_id) = nullptr;
  TextSpaceSql (*text_space)(std::int64_t space_id) = nullptr;

  // Makes what a new space needs besides its row in spaces, within the same write transaction.
  Result<void> (*make_space)(sql::SqlConnection& connection, const domain::SpaceRecord& space,
                             const GraphOptions& graph) = nullptr;

  // Finds damage in the stored tables (store/integrity.h).
  CheckTables* check_tables = nullptr;

  const WordEngine* words = nullptr;

  // Makes the search inside the database, which borrows the database; null where the engine has none.
  std::unique_ptr<VectorSearch> (*make_search)(sql::Database& database) = nullptr;
};

const Engine& sqlite_engine();

// The page size of a SQLite catalogue: three vectors of 512 dimensions share a page; on SQLite's usual 4 KiB
// each would take a page for itself.
inline constexpr int kSqlitePageSizeBytes = 8192;

// PostgreSQL with pgvector. A space has the table vectors_<id>, with the columns image_id (its key), item_id,
// embedding (a halfvec of the space's dimensions) and copies of the filter columns
// (pgvector/postgres_search_tables.h).
const Engine& postgres_engine();

// Returns the engine of a DATABASE_URL, by its scheme.
const Engine& engine_of(const std::string& database_url);

// Returns the schema of the catalogue on the engine. It borrows from the engine.
sql::Schema catalogue_schema(const Engine& engine);

}  // namespace fit::store
