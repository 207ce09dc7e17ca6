#pragma once

#include <cstdint>
#include <filesystem>
#include <string>

#include "base/fd.h"
#include "base/result.h"
#include "blobs/blob_store.h"

namespace fit::ingest {

// A stored file as a file of this machine, for programs that read local files only: the stored file itself
// where the store is a folder, else a copy that is gone with this object, also after a kill.
class LocalFile {
 public:
  // The content is compared with the digest in the name. A copy is made in `folder`, which is made when
  // needed; memory does not grow with the file. kDamaged when the file is lost or its content differs;
  // kStorageFull and kInternal for a copy; the errors of BlobStore::read(). Blocks.
  static Result<LocalFile> open(const blobs::BlobStore& store, const std::string& name,
                                const std::filesystem::path& folder);

  // A copy of `count` bytes from `offset` on, fewer at the end of the file, which are not checked. kNotFound;
  // otherwise as for open().
  static Result<LocalFile> copy_part(const blobs::BlobStore& store, const std::string& name,
                                     std::uint64_t offset, std::uint64_t count,
                                     const std::filesystem::path& folder);

  // A file of `count` zero bytes that takes no space: stands for content whose size alone is told.
  // kStorageFull and kInternal.
  static Result<LocalFile> hole(std::uint64_t count, const std::filesystem::path& folder);

  // Valid as long as this object.
  const std::filesystem::path& path() const { return path_; }

 private:
  LocalFile(std::filesystem::path path, Fd copy) : path_(std::move(path)), copy_(std::move(copy)) {}

  std::filesystem::path path_;
  Fd copy_;  // empty: the stored file itself
};

}  // namespace fit::ingest
