#include "store/engine.h"
#include "store/pgvector/halfvec.h"
#include "store/pgvector/postgres_search.h"
#include "store/pgvector/postgres_search_tables.h"
#include "store/pgvector/vector_tables.h"

namespace fit::store {
namespace {

ImageSpaceSql image_space(std::int64_t space_id) {
  const std::string table = "vectors_" + std::to_string(space_id);
  return {.format = &halfvec_format(),
          .rows = table + " v",
          .only = "TRUE",
          .put = "INSERT INTO " + table + " (image_id, item_id, embedding, category) VALUES ($1, $2, $3, $4)",
          .table = table,
          .remove = "DELETE FROM " + table + " WHERE image_id = $1 AND category = $2"};
}

TextSpaceSql text_space(std::int64_t space_id) {
  const std::string table = "vectors_" + std::to_string(space_id);
  return {.format = &halfvec_format(),
          .rows = table + " AS v",
          .only = "TRUE",
          .put = "INSERT INTO " + table +
                 " (item_id, item_updated_at, text_hash, embedding) VALUES ($1, $2, $3, $4) ON CONFLICT "
                 "(item_id) DO UPDATE SET item_updated_at = excluded.item_updated_at, "
                 "text_hash = excluded.text_hash, embedding = excluded.embedding"};
}

Result<std::vector<std::int64_t>> take_ids(sql::SqlConnection& connection, std::string_view table,
                                           std::size_t count) {
  std::vector<std::int64_t> ids;
  ids.reserve(count);
  FIT_CHECK(connection.query("SELECT nextval(pg_get_serial_sequence($1, 'id')) FROM generate_series(1, $2)",
                             {table, static_cast<std::int64_t>(count)},
                             [&ids](const sql::SqlRow& row) { ids.push_back(row.integer(0)); }));
  return ids;
}

std::unique_ptr<VectorSearch> make_search(sql::Database& database) {
  return std::make_unique<PostgresSearch>(database);
}

}  // namespace

const Engine& postgres_engine() {
  static const Engine engine = {
      .migration_tokens = {{"{words_index}", std::string(postgres_word_engine().schema)},
                           {"{folded_words_index}", std::string(postgres_word_engine().folded_schema)},
                           {"{vector_tables}", "DROP TABLE vectors;"},
                           {"{search_tables}", postgres_search_tables()},
                           {"{text_vector_tables}", ""}},
      .take_ids = &take_ids,
      .image_space = &image_space,
      .text_space = &text_space,
      .make_space = &make_vector_table,
      .check_tables = &check_postgres_tables,
      .words = &postgres_word_engine(),
      .make_search = &make_search};
  return engine;
}

}  // namespace fit::store
