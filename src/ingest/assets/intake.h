#pragma once

#include <condition_variable>
#include <cstdint>
#include <deque>
#include <functional>
#include <mutex>
#include <span>
#include <string>
#include <vector>

#include "base/bytes.h"
#include "base/metrics.h"
#include "base/result.h"
#include "blobs/blob_store.h"
#include "catalog/quotas.h"
#include "ingest/assets/assets.h"

namespace fit::ingest {

// A file as a client sends it.
struct SentFile {
  std::string field;  // the name of errors: "files[2]"
  std::string name;   // the client's file name; for display only
  ByteView content;
  AssetMetadata metadata;
  std::string owner;
};

// A file that has passed check_file(): its digest and type.
struct CheckedFile {
  std::string sha256;
  std::string media_type;
  std::string blob_name;  // in the store of originals
};

// The largest files that are accepted.
struct FileLimits {
  std::uint64_t image_bytes = 0;
  std::uint64_t video_bytes = 0;
};

// Finds the type of a file by its content, never by its name, and its digest. Errors naming `field`:
// kUnsupportedMedia for other types than images and videos, kMalformed for an empty file, kTooLarge for more
// bytes than its type may have. Thread-safe.
Result<CheckedFile> check_file(const std::string& field, ByteView content, const FileLimits& limits);

// Accepts files: on return their bytes, their assets and their jobs are on the disk. Calls of several threads
// share the flushes of the disk and the transaction: while one batch is being written, the files of further
// calls gather for the next one. Thread-safe; calls block. Borrows its parts.
class AssetIntake {
 public:
  struct Parts {
    sql::Database& database;
    blobs::BlobStore& originals;
    std::function<void()> on_added;  // called when jobs were added; quick and thread-safe
    Metrics& metrics;
    catalog::Quotas* quotas = nullptr;  // null: there are none
  };
  AssetIntake(Parts parts, const FileLimits& limits);
  AssetIntake(const AssetIntake&) = delete;
  AssetIntake& operator=(const AssetIntake&) = delete;

  // Returns one result for each file, in order; a refused file does not affect the others. The errors of
  // check_file(), of Quotas::check_bytes() for files that are not stored yet, of BlobStore::put_all() and of
  // Assets::add().
  std::vector<Result<AddedAsset>> accept(std::span<const SentFile> files);

  // Adds one asset for each URL, to be fetched by its job. `assets` have URLs only. The errors of
  // Assets::add().
  Result<std::vector<AddedAsset>> accept_urls(std::span<const NewAsset> assets);

  Assets assets() { return Assets(parts_.database); }

 private:
  // One file on its way to the disk.
  struct Pending {
    NewAsset asset;
    std::string blob_name;
    ByteView content;
    Result<AddedAsset> result;
  };
  // The files of one call.
  struct Call {
    std::vector<Pending*> files;
    bool is_done = false;
  };

  Result<void> check_quota(const std::string& field, const Pending& file) const;
  void write(Call& call);
  void write_batch(std::span<Pending* const> batch);

  const Parts parts_;
  const FileLimits limits_;
  Counter& accepted_;
  Counter& known_;
  Counter& refused_;
  std::mutex mutex_;
  std::condition_variable written_;
  std::deque<Call*> waiting_;  // the first one writes
};

}  // namespace fit::ingest
