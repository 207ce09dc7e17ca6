#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "base/bytes.h"
#include "base/clock.h"
#include "base/result.h"

namespace fit::blobs {

// A stored file, or one that a writer is still writing or left behind when it was killed.
struct BlobInfo {
  std::string name;
  std::int64_t size_bytes = 0;
  Timestamp put_at;            // when it was put last, or renewed
  bool is_unfinished = false;  // has no content of its own: it only waits to be removed
};

enum class Durability : std::uint8_t {
  kSynced,    // on the disk when put() returns
  kUnsynced,  // a crash may leave the file empty or cut short; for what can be made again
};

enum class HoldFor : std::uint8_t { kReading, kRemoving };

// While one lives, holds of the other kind are refused. It ends with the object, or with the process.
class BlobHold {
 public:
  virtual ~BlobHold() = default;
};

// Files named by their content, "<SHA-256>.<extension>" (sha256_of_name()): equal files are one, and no file
// ever changes. Thread-safe, blocks; several processes may share a store. Names of another form are never
// found (kNotFound), and put() refuses them (kInvalid), so that no name reaches outside of the store. Errors
// of every call: kStorageFull, kInternal.
class BlobStore {
 public:
  virtual ~BlobStore() = default;

  // Stores the file; one that is there already counts as put now. A failure leaves nothing behind.
  virtual Result<void> put(const std::string& name, ByteView content, Durability durability) = 0;
  // kNotFound; kTooLarge when it has more than `max_bytes`.
  virtual Result<Bytes> get(const std::string& name, std::uint64_t max_bytes) const = 0;
  virtual Result<bool> exists(const std::string& name) const = 0;
  // Makes the file count as put now. False when it is not there.
  virtual Result<bool> renew(const std::string& name) = 0;

  // Calls `visit` for each file, unfinished ones included, in no order, until it returns an error, which is
  // returned. Files that come or go meanwhile may be visited or not.
  using Visitor = std::function<Result<void>(const BlobInfo&)>;
  virtual Result<void> list(const Visitor& visit) const = 0;

  // Removes a file of list(), unless it was put or renewed at `before` or later: a put() that returned keeps
  // its file. False when it was kept; true as well when it is gone already.
  virtual Result<bool> remove(const BlobInfo& blob, Timestamp before) = 0;

  // Keeps those away who want to remove files while all of them are read, and the reverse. kConflict at once
  // when somebody holds the store for the other purpose, or for removing.
  virtual Result<std::unique_ptr<BlobHold>> hold(HoldFor purpose) = 0;
};

// The SHA-256 that a blob's name tells ("<sha256>.<extension>"); empty for other names.
std::string_view sha256_of_name(std::string_view name);

bool is_sha256(std::string_view text);  // 64 lower-case hex digits

}  // namespace fit::blobs
