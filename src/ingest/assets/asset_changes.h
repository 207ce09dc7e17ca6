#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "base/result.h"
#include "ingest/assets/asset.h"
#include "ingest/assets/asset_frames.h"
#include "sql/sql_connection.h"

// What follows the images of assets reads their changes in the order of the commits. Functions run within the
// caller's transaction, block, and return the errors of the connection.
namespace fit::ingest {

// The latest change of an asset's images or of their vectors, or its removal.
struct AssetChange {
  std::int64_t position = 0;
  AssetId asset = {};
};

// Notes a change of an asset. It comes last in a transaction: others that note one wait until it commits.
Result<void> note_asset_change(sql::SqlConnection& connection, AssetId asset);

// At most `limit` changes above a position, in order.
Result<std::vector<AssetChange>> read_asset_changes(sql::SqlConnection& connection, std::int64_t after,
                                                    std::size_t limit);

// An asset with its images in order.
struct AssetImages {
  Asset asset = {};
  std::vector<AssetFrame> frames = {};
};
// Those of these assets that exist, in no particular order.
Result<std::vector<AssetImages>> read_asset_images(sql::SqlConnection& connection,
                                                   std::span<const AssetId> assets);

// The vectors that the images of these assets have in a space, in no particular order.
Result<std::vector<FrameVector>> read_frame_vectors(sql::SqlConnection& connection, std::int64_t space_id,
                                                    std::span<const AssetId> assets);

}  // namespace fit::ingest
