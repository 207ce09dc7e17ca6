#pragma once

#include <cstdint>
#include <filesystem>

#include "base/bytes.h"
#include "base/fd.h"
#include "base/result.h"

namespace fit::index {

// A file that replaces another one whole: it is written as "<path>.tmp", synced and renamed, so that at any
// moment the name holds the old file or the new one. A file that is not committed is removed, and the old one
// stays. Not thread-safe.
class NewFile {
 public:
  // Makes the folder if need be, and truncates a temporary file that a crash left. kConflict while another
  // process writes the same file.
  static Result<NewFile> create(const std::filesystem::path& path);
  ~NewFile();
  NewFile(NewFile&& other) noexcept = default;
  NewFile& operator=(NewFile&&) = delete;

  // kStorageFull when the disk is full, kInternal for other failures; the old file stays as it is.
  Result<void> write(ByteView content, std::uint64_t offset);
  Result<void> commit();  // call it once, at the end

 private:
  NewFile(std::filesystem::path path, Fd fd) : path_(std::move(path)), fd_(std::move(fd)) {}
  std::filesystem::path aside() const;

  std::filesystem::path path_;
  Fd fd_;
};

// Fills `memory` from `offset` of an open file. kMalformed naming "snapshot" when the file ends too early.
Result<void> read_at(int fd, std::span<std::byte> memory, std::uint64_t offset);

}  // namespace fit::index
