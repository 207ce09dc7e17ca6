#include "ingest/assets/asset_changes.h"

#include <algorithm>
#include <bit>
#include <chrono>
#include <unordered_map>
#include <utility>

#include "base/floats.h"
#include "base/format.h"
#include "ingest/assets/asset_rows.h"

namespace fit::ingest {
namespace {

std::vector<std::int64_t> numbers_of_assets(std::span<const AssetId> assets) {
  std::vector<std::int64_t> numbers;
  numbers.reserve(assets.size());
  for (const AssetId asset : assets) numbers.push_back(asset.value);
  return numbers;
}

}  // namespace

Result<void> note_asset_change(sql::SqlConnection& connection, AssetId asset) {
  FIT_CHECK(connection.execute("UPDATE counters SET value = value + 1 WHERE name = 'assets'", {}));
  FIT_CHECK(connection.execute(
      "INSERT INTO asset_changes (asset_id, position) SELECT CAST($1 AS BIGINT), value FROM counters WHERE "
      "name = 'assets' ON CONFLICT (asset_id) DO UPDATE SET position = excluded.position",
      {asset.value}));
  return {};
}

Result<std::vector<AssetChange>> read_asset_changes(sql::SqlConnection& connection, std::int64_t after,
                                                    std::size_t limit) {
  std::vector<AssetChange> changes;
  FIT_CHECK(connection.query(
      "SELECT position, asset_id FROM asset_changes WHERE position > $1 ORDER BY position LIMIT $2",
      {after, sql::sql_limit(limit)}, [&changes](const sql::SqlRow& row) {
        changes.push_back({.position = row.integer(0), .asset = {row.integer(1)}});
      }));
  return changes;
}

Result<std::vector<AssetImages>> read_asset_images(sql::SqlConnection& connection,
                                                   std::span<const AssetId> assets) {
  const std::vector<std::int64_t> ids = numbers_of_assets(assets);
  std::vector<AssetImages> found;
  std::unordered_map<AssetId, std::size_t> places;
  FIT_CHECK(sql::query_among(connection, fit::format("{}WHERE a.id", kSelectAssets), ids,
                             [&](const sql::SqlRow& row) {
                               Asset asset = asset_of(row);
                               if (!places.emplace(asset.id, found.size()).second) return;
                               found.push_back({.asset = std::move(asset), .frames = {}});
                             }));
  std::vector<std::vector<std::pair<std::int64_t, AssetFrame>>> frames(found.size());  // by position
  FIT_CHECK(sql::query_among(
      connection,
      "SELECT asset_id, position, id, sha256, at_ms, width, height, perceptual_hash FROM asset_frames WHERE "
      "asset_id",
      ids, [&](const sql::SqlRow& row) {
        const auto place = places.find({row.integer(0)});
        if (place == places.end()) return;
        frames[place->second].emplace_back(
            row.integer(1), AssetFrame{.id = row.integer(2),
                                       .sha256 = std::string(row.text(3)),
                                       .at = std::chrono::milliseconds(row.integer(4)),
                                       .width = static_cast<int>(row.integer(5)),
                                       .height = static_cast<int>(row.integer(6)),
                                       .perceptual_hash = std::bit_cast<std::uint64_t>(row.integer(7))});
      }));
  for (std::size_t i = 0; i < found.size(); ++i) {
    std::ranges::sort(frames[i], {}, [](const auto& one) { return one.first; });
    for (auto& [position, frame] : frames[i]) found[i].frames.push_back(std::move(frame));
  }
  return found;
}

Result<std::vector<FrameVector>> read_frame_vectors(sql::SqlConnection& connection, std::int64_t space_id,
                                                    std::span<const AssetId> assets) {
  const std::vector<std::int64_t> ids = numbers_of_assets(assets);
  std::vector<FrameVector> vectors;
  sql::IdList list(ids);
  for (auto piece = list.next({space_id}); !piece.placeholders.empty(); piece = list.next({space_id})) {
    FIT_CHECK(connection.query(
        fit::format("SELECT v.frame_id, f.asset_id, v.embedding FROM asset_frames f JOIN asset_vectors v ON "
                    "v.frame_id = f.id AND v.space_id = $1 WHERE f.asset_id IN ({})",
                    piece.placeholders),
        piece.values, [&vectors](const sql::SqlRow& row) {
          vectors.push_back(
              {.frame = row.integer(0), .asset = {row.integer(1)}, .values = floats_of(row.blob(2))});
        }));
  }
  return vectors;
}

}  // namespace fit::ingest
