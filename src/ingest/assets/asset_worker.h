#pragma once

#include <array>
#include <functional>
#include <memory>
#include <mutex>
#include <stop_token>
#include <vector>

#include "base/log.h"
#include "catalog/catalog.h"
#include "ingest/assets/assets.h"
#include "ingest/assets/intake.h"
#include "ingest/assets/video_files.h"
#include "jobs/handler.h"
#include "media/video.h"
#include "net/http_client.h"

namespace fit::ingest {

// The version of the work on an asset. A change of what the facts mean raises it.
inline constexpr int kAssetPipeline = 2;

// The catalog of the active space, which lives as long as `owner`.
struct CatalogLease {
  std::shared_ptr<const void> owner = {};  // null: the catalog lives as long as whoever gave the lease
  catalog::Catalog& catalog;
};

// Does the jobs of the kinds kAssetJob and kVideoJob: fetches a file that was named by URL, decodes it within
// the limits of the catalog, stores its thumbnail, facts, predicted properties and vectors, and makes an item
// of it where that is wanted. A video is decoded to frames, which are stored as photos are; they are its
// images, and those of its item, the poster first. Each step may be repeated: what an earlier attempt has
// stored is found again by the file's digest, so that an asset becomes at most one item. Thread-safe. Its
// parts must outlive it.
class AssetWorker {
 public:
  struct Parts {
    sql::Database& database;
    // Leases the catalog for one job. Thread-safe.
    std::function<CatalogLease()> catalog;
    net::HttpClient& http;
    net::HttpLimits fetch_limits;
    Log log;
    std::function<void()> on_added = {};  // as AssetIntake::Parts has it
    catalog::Quotas* quotas = nullptr;    // null: there are none
  };
  struct Options {
    FileLimits files;               // of fetched files
    media::VideoLimits video;       // with the memory that all videos of this process share
    std::filesystem::path scratch;  // for copies of videos that are stored elsewhere
  };
  AssetWorker(Parts parts, Options options) : parts_(std::move(parts)), options_(std::move(options)) {}
  AssetWorker(const AssetWorker&) = delete;
  AssetWorker& operator=(const AssetWorker&) = delete;

  // The handlers for the workers of the queue, one for each kind. This object must outlive them. As many
  // videos are worked on at a time as their memory allows.
  std::vector<jobs::Handler> handlers();

  // Works on the asset of the job. Success also when the asset was removed or is done already. The errors of
  // the fetch, of media::decode() and of media::decode_video(); kConflict when the wanted item exists with
  // other images; kForbidden when the quota of bytes has no room for a fetched file or for frames; kDamaged
  // when the stored file is; the errors of the database. The asset has the error too.
  Result<void> run(const jobs::Job& job, const std::stop_token& stop);

  // What an error means for the next attempt at a photo and at a video.
  static jobs::ErrorClass classify(const Error& error);
  static jobs::ErrorClass classify_video(const Error& error);

 private:
  // The images of an asset: frames with their files, which are stored.
  struct Images {
    std::vector<FrameWrite> frames;
    std::vector<Bytes> files;
    std::size_t poster = 0;  // the index of the one that stands for all
  };

  Result<void> work(Asset& asset, std::string_view kind, const std::stop_token& stop);
  Result<Bytes> read(const std::string& blob, catalog::Catalog& catalog) const;
  // Fetches and stores the file of an asset. Returns nullopt when another asset has the same bytes.
  Result<std::optional<Bytes>> fetch(Asset& asset, catalog::Catalog& catalog, const std::stop_token& stop);
  Result<void> check_quota(std::string_view field, std::uint64_t size_bytes) const;
  static Images photo_images(const Asset& asset, Bytes file);
  Result<Images> video_images(Asset& asset, catalog::Catalog& catalog);
  // The frames that an earlier attempt has stored; nullopt when one is missing.
  Result<std::optional<Images>> stored_frames(const Asset& asset, catalog::Catalog& catalog) const;
  Result<void> store_frames(Asset& asset, const VideoFiles& video, catalog::Catalog& catalog);
  static Result<AssetFacts> describe(const Asset& asset, Images images, catalog::Catalog& catalog);
  Result<AssetFacts> make_item(const Asset& asset, Images images, catalog::Catalog& catalog);

  const Parts parts_;
  const Options options_;
  // Two files for one item come one after the other. An item's lock is found by its key.
  std::array<std::mutex, 16> item_locks_;
};

}  // namespace fit::ingest
