#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "base/bytes.h"
#include "base/result.h"
#include "blobs/blob_store.h"

namespace fit::blobs {

// A file of a tree.
struct TreeFile {
  std::string path;
  std::int64_t size_bytes = 0;
};

// Files by path in a local folder, or below a prefix of an S3 bucket. Paths are relative, of the letters,
// digits and marks of S3Bucket's keys, with "/" between folders. Files are written and read in pieces: a call
// uses memory for two parts (S3Options::part_bytes) at most. Thread-safe; calls block. Errors of every call:
// those of S3Bucket; kStorageFull and kInternal of a local folder.
class FileTree {
 public:
  // Returns the next piece of a file's content; empty at its end, and when it is called once more.
  using Reader = std::function<Result<Bytes>()>;
  // Is called with the pieces of a file's content, in order.
  using Writer = std::function<Result<void>(ByteView)>;

  virtual ~FileTree() = default;

  // Writes or replaces a file with what `read` returns until its end, `size_bytes` in all. A failure leaves
  // no part of the file under its path. Errors of `read`.
  virtual Result<void> put(const std::string& path, std::uint64_t size_bytes, const Reader& read) = 0;
  // Makes everything durable that calls have put before.
  virtual Result<void> sync() = 0;

  // kNotFound when there is no such file; errors of `write`.
  virtual Result<void> read(const std::string& path, const Writer& write) const = 0;
  virtual Result<bool> exists(const std::string& path) const = 0;

  // The names of the folders that the tree begins with, in ascending order; none in a tree that does not
  // exist. One request for each folder, however many files it has.
  virtual Result<std::vector<std::string>> folders() const = 0;
  // Calls `visit` for each file below a folder, in no particular order. Stops at the first error of `visit`
  // and returns it.
  virtual Result<void> list(const std::string& folder,
                            const std::function<Result<void>(const TreeFile&)>& visit) const = 0;
  // Removes a folder with all files below it, several at a time, `first` before all others.
  virtual Result<void> remove(const std::string& folder, const std::string& first) = 0;

  // Excludes every other holder of the tree until the end of the object. Makes a local folder where it is
  // missing. Does not wait: kConflict.
  virtual Result<std::unique_ptr<BlobHold>> hold() = 0;

  // The URL or the path of a file or folder of the tree; of the tree itself for an empty path.
  virtual std::string name_of(const std::string& path) const = 0;
};

}  // namespace fit::blobs
