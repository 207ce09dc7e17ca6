#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "base/result.h"
#include "ingest/assets/asset.h"
#include "ingest/assets/asset_frames.h"
#include "jobs/queue.h"
#include "sql/database.h"

namespace fit::ingest {

// The kinds of the jobs that work on assets: on photos, and on files that are still to be fetched; on videos.
// The payload is {"asset": ID}.
inline constexpr std::string_view kAssetJob = "asset";
inline constexpr std::string_view kVideoJob = "video";

// A file that has become durable, or a URL to fetch. Exactly one of sha256 and url is set.
struct NewAsset {
  std::string sha256 = {};
  std::string media_type = {};
  std::int64_t size_bytes = 0;
  std::string name = {};
  std::string url = {};
  AssetMetadata metadata = {};
  std::string owner = {};
};

// The asset that a file belongs to.
struct AddedAsset {
  AssetId id = {};
  std::int64_t job = 0;   // the latest job of the asset
  bool is_known = false;  // whether an asset with the same bytes existed
};

// The result of the work on an asset.
struct AssetFacts {
  int width = 0;
  int height = 0;
  std::uint64_t perceptual_hash = 0;
  Json properties = Json::object();
  std::optional<ItemId> item = {};
  std::vector<FrameWrite> frames = {};
};

// What decoding a video has shown.
struct VideoFacts {
  int width = 0;
  int height = 0;
  std::chrono::milliseconds duration{0};
  std::string codec = {};
  bool has_sound = false;
  std::string poster = {};              // the SHA-256 of one of the frames
  std::vector<FrameWrite> frames = {};  // whose files are stored
};

// Which assets are listed.
struct AssetQuery {
  std::optional<AssetState> state = {};  // nullopt: all
  std::string owner = {};                // empty: everybody's
  std::int64_t before = 0;               // only smaller ids; 0: all
  std::size_t limit = 50;
};

// The table of assets. A new asset and its job are written in one transaction. Thread-safe; calls block.
// Errors besides those named: as for sql::Database. Borrows the database; copies are cheap.
class Assets {
 public:
  explicit Assets(sql::Database& database) : database_(&database) {}

  // Adds assets with their jobs, in the order given. Equal bytes are one asset: a known one keeps what it
  // has. It gets another job when it has failed, or when its item is wanted and does not exist; then the new
  // metadata replaces the old. On return everything is on the disk. Afterwards the caller calls
  // jobs::Queue::announce().
  Result<std::vector<AddedAsset>> add(std::span<const NewAsset> assets);

  // kNotFound.
  Result<Asset> get(AssetId id);
  // The ids of the jobs of an asset, the latest last: at most the latest kMaxJobs. The queue may have removed
  // some of them.
  static constexpr std::int64_t kMaxJobs = 20;
  Result<std::vector<std::int64_t>> jobs_of(const Asset& asset);
  // The latest first.
  Result<std::vector<Asset>> list(const AssetQuery& query);
  // Removes the row with its frames and labels; its job then ends without effect. Stored files stay until
  // `fit assets prune`. kNotFound.
  Result<void> remove(AssetId id);
  // Removes those of which no item was made and that no garment has, as remove() does; the others belong to
  // the catalogue or to a wardrobe. Ids without an asset have no effect. After an error some may be removed.
  Result<void> remove_without_item(std::span<const std::int64_t> ids);

  // The steps of a job. Each has no effect on an asset that was removed meanwhile.
  Result<void> begin_work(AssetId id, std::int64_t job);
  // Records the bytes that were fetched. Returns false when another asset has them: then this asset is done,
  // with that one as its same_as.
  Result<bool> set_fetched(AssetId id, const NewAsset& file);
  // Gives an asset that turned out to be a video to the workers on videos. Afterwards the caller calls
  // jobs::Queue::announce().
  Result<void> queue_video(const Asset& asset);
  // Stores what decoding a video has shown, so that a later attempt need not decode it.
  Result<void> set_video(AssetId id, const VideoFacts& facts);
  // Stores the facts and frames of the asset as `asset` describes it. Has no effect when its item has been
  // asked for meanwhile, which is the work of another job.
  Result<void> finish(const Asset& asset, const AssetFacts& facts, int pipeline);
  // Records a failed attempt. A final one fails the asset; otherwise it is queued again.
  Result<void> fail(AssetId id, const Error& error, bool is_final);

  // What reconcile() has done.
  struct Reconciled {
    std::int64_t queued = 0;  // assets that had no job and got one
    std::int64_t failed = 0;  // assets whose job had ended without them
  };
  // Adds a job to each unfinished asset without one, and fails those whose job is dead or cancelled. A lost
  // queue is rebuilt by it. Works in small transactions.
  Result<Reconciled> reconcile();

  AssetFrames frames() { return AssetFrames(*database_); }
  // The images of an asset: its frames. A photo that an earlier version of the program has worked on is its
  // own image, without an id.
  Result<std::vector<AssetFrame>> images_of(const Asset& asset);

  // Calls `visit` with the SHA-256 of each stored file, those of frames too. Stops at the first error of
  // `visit` and returns it.
  Result<void> each_digest(const std::function<Result<void>(std::string_view sha256)>& visit);

 private:
  sql::Database* database_;
};

}  // namespace fit::ingest
