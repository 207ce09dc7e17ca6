#include "store/engine.h"

#include "base/floats.h"

namespace fit::store {
namespace {

// The file has 32-bit floats, the lowest byte of each first.
Result<ByteView> encode_floats(std::span<const float> values, std::string& /*buffer*/) {
  return std::as_bytes(values);
}

constexpr VectorFormat kFloats = {.encode = &encode_floats, .decode = &floats_of};

constexpr std::string_view kTextVectorTables = R"sql(
CREATE TABLE item_vectors (
  space_id BIGINT NOT NULL REFERENCES spaces (id),
  item_id BIGINT NOT NULL REFERENCES items (id) ON DELETE CASCADE,
  item_updated_at BIGINT NOT NULL,
  text_hash TEXT NOT NULL,
  embedding BLOB NOT NULL,
  PRIMARY KEY (space_id, item_id)
);

CREATE INDEX item_vectors_by_item ON item_vectors (item_id);
)sql";

ImageSpaceSql image_space(std::int64_t space_id) {
  const std::string id = std::to_string(space_id);
  return {.format = &kFloats,
          .rows = "vectors v",
          .only = "v.space_id = " + id,
          .put = "INSERT INTO vectors (space_id, image_id, embedding) VALUES (" + id +
                 ", $1, $3) ON CONFLICT (space_id, image_id) DO UPDATE SET embedding = excluded.embedding"};
}

TextSpaceSql text_space(std::int64_t space_id) {
  const std::string id = std::to_string(space_id);
  return {
      .format = &kFloats,
      .rows = "item_vectors AS v",
      .only = "v.space_id = " + id,
      .put = "INSERT INTO item_vectors (space_id, item_id, item_updated_at, text_hash, embedding) VALUES (" +
             id +
             ", $1, $2, $3, $4) ON CONFLICT (space_id, item_id) DO UPDATE SET item_updated_at = "
             "excluded.item_updated_at, text_hash = excluded.text_hash, embedding = excluded.embedding"};
}

// All spaces share the same tables, so that a new space needs none.
Result<void> make_space(sql::SqlConnection& /*connection*/, const domain::SpaceRecord& /*space*/,
                        const GraphOptions& /*graph*/) {
  return {};
}

}  // namespace

const Engine& sqlite_engine() {
  static const Engine engine = {
      .migration_tokens = {{"{words_index}", std::string(sqlite_word_engine().schema)},
                           {"{folded_words_index}", std::string(sqlite_word_engine().folded_schema)},
                           {"{vector_tables}", ""},
                           {"{search_tables}", ""},
                           {"{text_vector_tables}", std::string(kTextVectorTables)}},
      .image_space = &image_space,
      .text_space = &text_space,
      .make_space = &make_space,
      .check_tables = &check_sqlite_tables,
      .words = &sqlite_word_engine()};
  return engine;
}

}  // namespace fit::store
