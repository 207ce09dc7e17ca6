#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <optional>
#include <string>

#include "base/bytes.h"
#include "base/clock.h"
#include "base/result.h"
#include "ingest/assets/assets.h"
#include "sql/database.h"

namespace fit::ingest {

// A file that a client sends in several requests.
struct Upload {
  std::string id = {};  // random; whoever has it and is the owner may continue
  std::string owner = {};
  std::uint64_t length_bytes = 0;
  std::uint64_t offset_bytes = 0;  // so many bytes are on the disk
  std::string name = {};
  AssetMetadata metadata = {};
  std::string sent_metadata = {};        // the client's header, which it gets back
  std::optional<AddedAsset> asset = {};  // once it is complete and accepted
  Timestamp expires_at = {};

  bool is_complete() const { return offset_bytes == length_bytes; }
};

// Unfinished files with their rows. What an append has acknowledged survives crashes. Thread-safe, also
// between processes that share database and folder; calls block. Errors besides those named: as for
// sql::Database, and kStorageFull or kInternal for the files. Borrows the database.
class Uploads {
 public:
  struct Options {
    std::filesystem::path folder;           // made when needed
    std::uint64_t max_bytes = 0;            // of one upload
    std::chrono::seconds lifetime{86'400};  // since the last append
  };
  // Unfinished uploads of one owner.
  static constexpr std::int64_t kMaxOfOwner = 200;

  Uploads(sql::Database& database, Options options) : database_(database), options_(std::move(options)) {}
  Uploads(const Uploads&) = delete;
  Uploads& operator=(const Uploads&) = delete;

  // What a client says when it creates an upload.
  struct NewUpload {
    std::string owner = {};
    std::uint64_t length_bytes = 0;
    std::string name = {};
    AssetMetadata metadata = {};
    std::string sent_metadata = {};
  };
  // kTooLarge naming "Upload-Length" for more than max_bytes; kInvalid for 0; kTooManyRequests when the owner
  // has kMaxOfOwner.
  Result<Upload> create(const NewUpload& given);
  // kNotFound for an unknown or expired upload, and for one of another owner.
  Result<Upload> get(const std::string& owner, const std::string& id);

  // Appends at `offset`, which must be that of the upload. The data is on the disk when the call returns.
  // kConflict naming "Upload-Offset" for another offset, kConflict naming "upload" while another call appends
  // to it, kTooLarge when the data is longer than what is missing; the errors of get().
  Result<Upload> append(const std::string& owner, const std::string& id, std::uint64_t offset, ByteView data);

  // Calls `accept` with the file of a complete upload, notes the asset that it returns, and removes the file.
  // The result of an earlier call is returned again without a call. An error of `accept` about the file
  // (media type, size) removes the upload, too; after others the call can be repeated. kConflict while it is
  // not complete.
  using Accept = std::function<Result<AddedAsset>(const Upload& upload, ByteView file)>;
  Result<AddedAsset> complete(const std::string& owner, const std::string& id, const Accept& accept);

  // Removes the upload with its file; the asset of a complete one stays. The errors of get().
  Result<void> remove(const std::string& owner, const std::string& id);

  // Removes what has expired, and files without a row that are older than the lifetime. Returns the number of
  // uploads.
  Result<std::int64_t> prune(Timestamp time = now());

  const Options& options() const { return options_; }

 private:
  std::filesystem::path path_of(const std::string& id) const { return options_.folder / id; }
  Result<Upload> read(const std::string& owner, const std::string& id);
  Result<void> write(std::string_view sql, std::initializer_list<sql::SqlValue> values);
  Result<void> remove_row(const std::string& id);

  sql::Database& database_;
  const Options options_;
};

}  // namespace fit::ingest
