#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "ingest/assets/asset.h"
#include "sql/sql_connection.h"

// The statements of assets.cc.
namespace fit::ingest {

// The columns that asset_of() reads; conditions on "a" follow.
inline constexpr std::string_view kSelectAssets =
    "SELECT a.id, a.sha256, a.media_type, a.size_bytes, a.name, a.url, a.state, a.title, a.source, "
    "a.external_id, a.tags, a.make_item, a.owner, a.width, a.height, a.perceptual_hash, a.properties, "
    "a.pipeline, a.item_id, a.same_as, a.job_id, a.error_code, a.error_field, a.error, a.created_at, "
    "a.updated_at, a.finished_at, a.duration_ms, a.codec, a.has_sound, a.poster FROM assets a ";
Asset asset_of(const sql::SqlRow& row);

// Inserts a queued asset, unless one has the same sha256, and returns its id. The last value is the time.
inline constexpr std::string_view kInsertAsset =
    "INSERT INTO assets (sha256, media_type, size_bytes, name, url, state, title, source, external_id, tags, "
    "make_item, owner, width, height, perceptual_hash, properties, pipeline, job_id, error_code, "
    "error_field, "
    "error, created_at, updated_at) VALUES ($1, $2, $3, $4, $5, 'queued', $6, $7, $8, $9, $10, $11, 0, 0, 0, "
    "'{}', 0, 0, '', '', '', $12, $12) ON CONFLICT (sha256) DO NOTHING RETURNING id";

// An unfinished asset whose job has ended or is lost.
struct Stranded {
  AssetId id;
  std::string owner;
  std::string media_type;
  bool job_ended = false;  // the job is dead, cancelled or discarded; false: there is none, or it is done
};

// The first `limit` of them with greater ids than `after`.
Result<std::vector<Stranded>> read_stranded(sql::SqlConnection& connection, std::int64_t after,
                                            std::int64_t limit);
// Fails one whose job has ended, with the job's error.
Result<void> fail_stranded(sql::SqlConnection& connection, const Stranded& asset, Timestamp time);

}  // namespace fit::ingest
