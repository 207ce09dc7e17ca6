#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.h"
#include "base/clock.h"
#include "base/result.h"

namespace fit::blobs {

// A stored file, or an unfinished one that a writer is still writing or left behind when it was killed.
struct BlobInfo {
  std::string name;
  std::int64_t size_bytes = 0;
  Timestamp put_at;            // when it was last put or renewed
  bool is_unfinished = false;  // such a file is not readable and can only be removed
};

// What is promised of a file when put() returns.
enum class Durability : std::uint8_t {
  kSynced,    // it is on the disk
  kUnsynced,  // a crash may leave it empty or cut short; for files that can be made again
};

// A file for BlobStore::put_all().
struct BlobContent {
  std::string name;
  ByteView content;
};

// What a store is held for. Any number of callers may hold it for reading, or one for removing.
enum class HoldFor : std::uint8_t { kReading, kRemoving };

// A hold of a store, which ends with this object or with the process.
class BlobHold {
 public:
  virtual ~BlobHold() = default;
};

// Files named by their content, "<SHA-256>.<extension>" (sha256_of_name()): equal files are one, and no file
// ever changes. Names of another form are never found, and put() refuses them, so that no name reaches
// outside of the store. Thread-safe; calls block. Several processes may share a store. Errors of every call:
// kStorageFull, kInternal; where files are on another server, kUnavailable and kBadGateway.
class BlobStore {
 public:
  virtual ~BlobStore() = default;

  // Stores the file. A file that is stored already counts as put now, and is replaced when its content
  // differs. kInvalid naming "name" for a name of another form. After an error the store has the whole file
  // or is as it was before.
  virtual Result<void> put(const std::string& name, ByteView content, Durability durability) = 0;
  // Stores files as put() does, kSynced. Returns one result for each, in order; a file that cannot be stored
  // does not affect the others. A store may write to its disk once for all of them.
  virtual std::vector<Result<void>> put_all(std::span<const BlobContent> files);
  // Stores a copy of a local file, kUnsynced, without reading it into memory. kNotFound when `file` is not
  // there. A failure leaves nothing behind.
  virtual Result<void> put_file(const std::string& name, const std::filesystem::path& file) = 0;
  // Makes all files durable that calls have put before.
  virtual Result<void> sync() = 0;
  // Returns the content. kNotFound; kTooLarge when it has more than `max_bytes`.
  virtual Result<Bytes> get(const std::string& name, std::uint64_t max_bytes) const = 0;
  // Returns the `count` bytes from `offset` on; fewer at the end of the file. kNotFound.
  virtual Result<Bytes> read(const std::string& name, std::uint64_t offset, std::uint64_t count) const = 0;
  // Whether the store has the file.
  virtual Result<bool> exists(const std::string& name) const = 0;
  // The path at which the file is on this machine if the store has it. Whoever can work with a local file
  // need not read it into memory. Nothing where files are not stored on this machine, and for names of
  // another form: get() serves them. Does not block.
  virtual std::optional<std::filesystem::path> local_path(std::string_view name) const = 0;
  // Makes the file count as put now. False when the store does not have it.
  virtual Result<bool> renew(const std::string& name) = 0;

  // Calls `visit` for each file, including unfinished ones, in no particular order. Stops at the first error
  // of `visit` and returns it. Files that are put or removed meanwhile may be visited or not.
  using Visitor = std::function<Result<void>(const BlobInfo&)>;
  virtual Result<void> list(const Visitor& visit) const = 0;

  // Removes a file of list(), unless it was put or renewed at `before` or later. A concurrent put() of the
  // same file keeps its file. False when the file was kept; true also when it was gone already.
  virtual Result<bool> remove(const BlobInfo& blob, Timestamp before) = 0;

  // Holds the store, so that nobody removes files while all of them are read. Does not wait: kConflict when
  // the store is held for removing, or, for a hold for removing, when it is held at all.
  virtual Result<std::unique_ptr<BlobHold>> hold(HoldFor purpose) = 0;

  // Whether the store can be reached and used.
  virtual Result<void> probe() const = 0;
};

// Returns the SHA-256 in a blob's name, "<sha256>.<extension>", with an extension of 1 to 5 letters a to z
// and digits; empty for other names.
std::string_view sha256_of_name(std::string_view name);

// Whether the text is 64 lower-case hex digits.
bool is_sha256(std::string_view text);

}  // namespace fit::blobs
