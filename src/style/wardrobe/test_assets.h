#pragma once

#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "sql/database.h"

namespace fit::style::testing {

// Adds an asset that has been worked on, as the photo of a garment in a test. `properties` is a JSON object.
inline Result<std::int64_t> add_asset(sql::Database& database, std::string_view sha256,
                                      std::string_view properties = "{}") {
  return database.write(
      sql::Ordering::kUnordered, [&](sql::SqlConnection& connection) -> Result<std::int64_t> {
        std::int64_t id = 0;
        FIT_CHECK(
            connection.query("INSERT INTO assets (sha256, media_type, size_bytes, name, url, state, title, "
                             "source, external_id, "
                             "tags, make_item, owner, width, height, perceptual_hash, properties, pipeline, "
                             "job_id, error_code, "
                             "error_field, error, created_at, updated_at) VALUES ($1, 'image/jpeg', 1, '', "
                             "'', 'done', '', '', '', "
                             "'[]', 0, 'user:1', 1, 1, 0, $2, 1, 1, '', '', '', 0, 0) RETURNING id",
                             {sha256, properties}, [&id](const sql::SqlRow& row) { id = row.integer(0); }));
        return id;
      });
}

// Adds the vector of an asset in a space.
inline Result<std::int64_t> add_vector(sql::Database& database, std::int64_t asset, std::int64_t space_id,
                                       const std::vector<float>& values) {
  return database.write(
      sql::Ordering::kUnordered, [&](sql::SqlConnection& connection) -> Result<std::int64_t> {
        std::int64_t frame = 0;
        FIT_CHECK(connection.query(
            "INSERT INTO asset_frames (asset_id, position, sha256, at_ms, width, height, perceptual_hash) "
            "VALUES "
            "($1, $2, '', 0, 1, 1, 0) RETURNING id",
            {asset, space_id}, [&frame](const sql::SqlRow& row) { frame = row.integer(0); }));
        return connection.execute(
            "INSERT INTO asset_vectors (frame_id, space_id, embedding) VALUES ($1, $2, $3)",
            {frame, space_id, ByteView(std::as_bytes(std::span(values)))});
      });
}

}  // namespace fit::style::testing
