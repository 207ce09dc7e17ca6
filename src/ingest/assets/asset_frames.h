#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "domain/records.h"
#include "ingest/assets/asset.h"
#include "sql/database.h"

namespace fit::ingest {

// An image of an asset: a photo itself, or a frame of a video.
struct AssetFrame {
  std::int64_t id = 0;
  std::string sha256 = {};          // of its file (frame_blob_name())
  std::chrono::milliseconds at{0};  // since the beginning of the video
  int width = 0;                    // pixels
  int height = 0;
  std::uint64_t perceptual_hash = 0;
};

// A frame to store, with its vectors.
struct FrameWrite {
  AssetFrame frame = {};  // its id is not read
  std::vector<domain::SpaceVector> vectors = {};
};

// A vector of a frame that is stored.
struct FrameVector {
  std::int64_t frame = 0;
  AssetId asset = {};
  std::vector<float> values = {};
};

// A frame by its perceptual hash.
struct FrameHash {
  std::int64_t id = 0;
  AssetId asset = {};
  std::uint64_t perceptual_hash = 0;
};

// A frame that lacks a vector in some space.
struct BareFrame {
  std::int64_t id = 0;
  AssetId asset = {};
  std::string sha256 = {};
  std::string blob = {};  // as frame_blob_name()
};

// A vector of a frame that is stored, as long as the frame has this file.
struct FrameVectorWrite {
  std::int64_t frame = 0;
  std::string sha256 = {};
  std::vector<float> values = {};
};

// The frames that have vectors of their own, and how many of them have one in a space.
struct FrameCounts {
  std::int64_t frames = 0;
  std::int64_t with_vector = 0;
};

// The images of assets, and their vectors. Vectors exist for assets that are no item, in the spaces that were
// active when the asset was worked on, and in those that were filled since (FrameBackfill); the images of
// items have theirs in the catalogue (store/vectors.h). A frame keeps its id as long as its asset has a frame
// in its place. Frames and vectors go with their asset.
// Thread-safe; calls block. Errors: as for sql::Database. Borrows the database; copies are cheap.
class AssetFrames {
 public:
  explicit AssetFrames(sql::Database& database) : database_(&database) {}

  // The frames of an asset in the order of time; none before its work is done.
  Result<std::vector<AssetFrame>> of(AssetId asset);

  // At most `limit` vectors of a space by ascending frame id, from the first above `after`.
  Result<std::vector<FrameVector>> vectors(std::int64_t space_id, std::int64_t after, std::size_t limit);

  // At most `limit` frames without a vector in a space, by ascending id, from the first above `after`: of
  // assets whose work is done and that are no item.
  Result<std::vector<BareFrame>> without_vector(std::int64_t space_id, std::int64_t after, std::size_t limit);
  // The number of such frames with and without a vector. Reads all of them.
  Result<FrameCounts> count(std::int64_t space_id);
  // At most `limit` frames by ascending id, from the first above `after`.
  Result<std::vector<FrameHash>> hashes(std::int64_t after, std::size_t limit);
  // The greatest id of a frame; 0 without any.
  Result<std::int64_t> last_id();
  // Stores vectors of a space in one transaction, and returns how many. Left out are frames that are gone,
  // have another file or have a vector already, and those of items.
  Result<std::int64_t> put_vectors(std::int64_t space_id, std::span<const FrameVectorWrite> vectors);

  // The SHA-256 of the file of a frame; empty when there is no such frame.
  Result<std::string> digest(std::int64_t frame);
  // Calls `visit` with the SHA-256 of the file of each frame. Stops at the first error of `visit` and returns
  // it.
  Result<void> each_digest(const std::function<Result<void>(std::string_view sha256)>& visit);

 private:
  sql::Database* database_;
};

// Makes the frames of an existing asset these, in this order, within a write transaction, which then notes
// the change (asset_changes.h). A frame keeps its id while it has the same file at the same place.
Result<void> write_frames(sql::SqlConnection& connection, AssetId asset, std::span<const FrameWrite> frames);

// The name of a frame's file in the store of originals.
std::string frame_blob_name(const Asset& asset, const AssetFrame& frame);

}  // namespace fit::ingest
