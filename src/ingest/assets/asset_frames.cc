#include "ingest/assets/asset_frames.h"

#include <bit>
#include <optional>
#include <set>
#include <span>

#include "base/floats.h"
#include "base/format.h"
#include "catalog/image_files.h"
#include "ingest/assets/asset_changes.h"
#include "sql/sql_connection.h"

namespace fit::ingest {
namespace {

constexpr std::int64_t kFrameDigestsAtOnce = 10'000;

// Joins the frames with their assets, and selects those that have vectors of their own.
constexpr std::string_view kJoinAssets = "JOIN assets a ON a.id = f.asset_id ";
constexpr std::string_view kIsNoItem =
    "a.state = 'done' AND (a.item_id IS NULL OR NOT EXISTS (SELECT 1 FROM items i WHERE i.id = a.item_id))";

using sql::SqlConnection;
using sql::SqlRow;

Result<std::int64_t> put_frame(SqlConnection& connection, AssetId asset, std::int64_t position,
                               const AssetFrame& frame) {
  std::optional<std::int64_t> id;
  FIT_CHECK(connection.query(
      "INSERT INTO asset_frames (asset_id, position, sha256, at_ms, width, height, perceptual_hash) VALUES "
      "($1, $2, $3, $4, $5, $6, $7) ON CONFLICT (asset_id, position) DO UPDATE SET sha256 = "
      "excluded.sha256, at_ms = excluded.at_ms, width = excluded.width, height = excluded.height, "
      "perceptual_hash = excluded.perceptual_hash RETURNING id",
      {asset.value, position, std::string_view(frame.sha256), std::int64_t{frame.at.count()},
       std::int64_t{frame.width}, std::int64_t{frame.height},
       std::bit_cast<std::int64_t>(frame.perceptual_hash)},
      [&id](const SqlRow& row) { id = row.integer(0); }));
  if (!id) return internal("the frame of an asset could not be stored", "no id was returned");
  return *id;
}

// A filler may have stored a vector of the frame since those before were removed.
Result<void> put_frame_vectors(SqlConnection& connection, std::int64_t frame,
                               std::span<const domain::SpaceVector> vectors) {
  for (const domain::SpaceVector& vector : vectors) {
    FIT_CHECK(connection.execute(
        "INSERT INTO asset_vectors (frame_id, space_id, embedding) VALUES ($1, $2, $3) ON CONFLICT "
        "(frame_id, space_id) DO UPDATE SET embedding = excluded.embedding",
        {frame, vector.space_id, std::as_bytes(std::span(vector.values))}));
  }
  return {};
}

}  // namespace

Result<void> write_frames(SqlConnection& connection, AssetId asset, std::span<const FrameWrite> frames) {
  FIT_CHECK(connection.execute(
      "DELETE FROM asset_vectors WHERE frame_id IN (SELECT id FROM asset_frames WHERE asset_id = $1)",
      {asset.value}));
  FIT_CHECK(connection.execute("DELETE FROM asset_frames WHERE asset_id = $1 AND position >= $2",
                               {asset.value, std::int64_t{std::ssize(frames)}}));
  for (std::size_t i = 0; i < frames.size(); ++i) {
    const auto position = static_cast<std::int64_t>(i);
    // Another image has an id of its own, so that it does not stay in the cluster of the one before.
    FIT_CHECK(
        connection.execute("DELETE FROM asset_frames WHERE asset_id = $1 AND position = $2 AND sha256 <> $3",
                           {asset.value, position, std::string_view(frames[i].frame.sha256)}));
    FIT_TRY(const std::int64_t id, put_frame(connection, asset, position, frames[i].frame));
    FIT_CHECK(put_frame_vectors(connection, id, frames[i].vectors));
  }
  return note_asset_change(connection, asset);
}

Result<std::vector<AssetFrame>> AssetFrames::of(AssetId asset) {
  return database_->read([asset](SqlConnection& connection) -> Result<std::vector<AssetFrame>> {
    std::vector<AssetFrame> frames;
    FIT_CHECK(connection.query(
        "SELECT id, sha256, at_ms, width, height, perceptual_hash FROM asset_frames WHERE asset_id = $1 "
        "ORDER BY position",
        {asset.value}, [&frames](const SqlRow& row) {
          frames.push_back({.id = row.integer(0),
                            .sha256 = std::string(row.text(1)),
                            .at = std::chrono::milliseconds(row.integer(2)),
                            .width = static_cast<int>(row.integer(3)),
                            .height = static_cast<int>(row.integer(4)),
                            .perceptual_hash = std::bit_cast<std::uint64_t>(row.integer(5))});
        }));
    return frames;
  });
}

Result<std::vector<FrameVector>> AssetFrames::vectors(std::int64_t space_id, std::int64_t after,
                                                      std::size_t limit) {
  return database_->read([&](SqlConnection& connection) -> Result<std::vector<FrameVector>> {
    std::vector<FrameVector> found;
    FIT_CHECK(connection.query(
        "SELECT v.frame_id, f.asset_id, v.embedding FROM asset_vectors v JOIN asset_frames f ON f.id = "
        "v.frame_id WHERE v.space_id = $1 AND v.frame_id > $2 ORDER BY v.frame_id LIMIT $3",
        {space_id, after, sql::sql_limit(limit)}, [&found](const SqlRow& row) {
          found.push_back(
              {.frame = row.integer(0), .asset = {row.integer(1)}, .values = floats_of(row.blob(2))});
        }));
    return found;
  });
}

Result<std::vector<BareFrame>> AssetFrames::without_vector(std::int64_t space_id, std::int64_t after,
                                                           std::size_t limit) {
  const std::string sql = fit::format(
      "SELECT f.id, f.asset_id, f.sha256, a.sha256, a.media_type FROM asset_frames f {}WHERE f.id > $1 AND "
      "{} "
      "AND NOT EXISTS (SELECT 1 FROM asset_vectors v WHERE v.frame_id = f.id AND v.space_id = $2) ORDER BY "
      "f.id LIMIT $3",
      kJoinAssets, kIsNoItem);
  return database_->read([&](SqlConnection& connection) -> Result<std::vector<BareFrame>> {
    std::vector<BareFrame> found;
    FIT_CHECK(connection.query(sql, {after, space_id, sql::sql_limit(limit)}, [&found](const SqlRow& row) {
      const AssetFrame frame{.sha256 = std::string(row.text(2))};
      Asset asset;
      if (!row.is_null(3)) asset.sha256 = row.text(3);
      asset.media_type = row.text(4);
      found.push_back({.id = row.integer(0),
                       .asset = {row.integer(1)},
                       .sha256 = frame.sha256,
                       .blob = frame_blob_name(asset, frame)});
    }));
    return found;
  });
}

Result<FrameCounts> AssetFrames::count(std::int64_t space_id) {
  const std::string sql = fit::format(
      "SELECT COUNT(*), COUNT(v.frame_id) FROM asset_frames f {}LEFT JOIN asset_vectors v ON v.frame_id = "
      "f.id "
      "AND v.space_id = $1 WHERE {}",
      kJoinAssets, kIsNoItem);
  return database_->read([&](SqlConnection& connection) -> Result<FrameCounts> {
    FrameCounts counts;
    FIT_CHECK(connection.query(sql, {space_id}, [&counts](const SqlRow& row) {
      counts = {.frames = row.integer(0), .with_vector = row.integer(1)};
    }));
    return counts;
  });
}

Result<std::vector<FrameHash>> AssetFrames::hashes(std::int64_t after, std::size_t limit) {
  return database_->read([&](SqlConnection& connection) -> Result<std::vector<FrameHash>> {
    std::vector<FrameHash> found;
    FIT_CHECK(connection.query(
        "SELECT id, asset_id, perceptual_hash FROM asset_frames WHERE id > $1 ORDER BY id LIMIT $2",
        {after, sql::sql_limit(limit)}, [&found](const SqlRow& row) {
          found.push_back({.id = row.integer(0),
                           .asset = {row.integer(1)},
                           .perceptual_hash = std::bit_cast<std::uint64_t>(row.integer(2))});
        }));
    return found;
  });
}

Result<std::int64_t> AssetFrames::last_id() {
  return database_->read([](SqlConnection& connection) -> Result<std::int64_t> {
    FIT_TRY(const auto last, connection.query_integer("SELECT COALESCE(MAX(id), 0) FROM asset_frames", {}));
    return last.value_or(0);
  });
}

Result<std::int64_t> AssetFrames::put_vectors(std::int64_t space_id,
                                              std::span<const FrameVectorWrite> vectors) {
  if (vectors.empty()) return 0;
  const std::string sql =
      fit::format("SELECT f.asset_id FROM asset_frames f {}WHERE f.id = $1 AND f.sha256 = $2 AND {}",
                  kJoinAssets, kIsNoItem);
  return database_->write(sql::Ordering::kUnordered, [&](SqlConnection& connection) -> Result<std::int64_t> {
    std::int64_t stored = 0;
    std::set<AssetId> changed;
    for (const FrameVectorWrite& one : vectors) {
      FIT_TRY(const auto asset, connection.query_integer(sql, {one.frame, std::string_view(one.sha256)}));
      if (!asset) continue;
      FIT_TRY(const std::int64_t rows,
              connection.execute("INSERT INTO asset_vectors (frame_id, space_id, embedding) VALUES ($1, $2, "
                                 "$3) ON CONFLICT (frame_id, space_id) DO NOTHING",
                                 {one.frame, space_id, std::as_bytes(std::span(one.values))}));
      stored += rows;
      if (rows > 0) changed.insert({*asset});
    }
    for (const AssetId asset : changed) FIT_CHECK(note_asset_change(connection, asset));
    return stored;
  });
}

Result<std::string> AssetFrames::digest(std::int64_t frame) {
  return database_->read([frame](SqlConnection& connection) -> Result<std::string> {
    std::string sha256;
    FIT_CHECK(connection.query("SELECT sha256 FROM asset_frames WHERE id = $1", {frame},
                               [&sha256](const SqlRow& row) { sha256 = row.text(0); }));
    return sha256;
  });
}

Result<void> AssetFrames::each_digest(const std::function<Result<void>(std::string_view sha256)>& visit) {
  for (std::int64_t after = 0;;) {
    std::vector<std::string> page;
    const std::int64_t before = after;
    FIT_CHECK(database_->read([&](SqlConnection& connection) {
      page.clear();
      return connection.query("SELECT id, sha256 FROM asset_frames WHERE id > $1 ORDER BY id LIMIT $2",
                              {before, kFrameDigestsAtOnce}, [&](const SqlRow& row) {
                                after = row.integer(0);
                                page.emplace_back(row.text(1));
                              });
    }));
    if (page.empty()) return {};
    for (const std::string& sha256 : page) FIT_CHECK(visit(sha256));
  }
}

std::string frame_blob_name(const Asset& asset, const AssetFrame& frame) {
  return is_video(asset) ? catalog::original_name(frame.sha256, "jpeg") : blob_name(asset);
}

}  // namespace fit::ingest
