#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>

#include "base/bytes.h"
#include "base/fd.h"
#include "base/result.h"

namespace fit {

// A regular file that is open for reading. Thread-safe.
class FileReader {
 public:
  // kNotFound when it is not there, kInvalid naming the path when it is not a regular file, kInternal.
  static Result<FileReader> open(const std::filesystem::path& path);
  FileReader(FileReader&& other) noexcept = default;
  FileReader& operator=(FileReader&&) = delete;

  // Both as they were when the file was opened.
  std::uint64_t size_bytes() const { return size_bytes_; }
  std::chrono::nanoseconds modified_at() const { return modified_at_; }  // since 1970

  // The `count` bytes from `offset` on; fewer at the end of the file.
  Result<Bytes> read(std::uint64_t offset, std::uint64_t count) const;

 private:
  FileReader(Fd fd, std::string name) : fd_(std::move(fd)), name_(std::move(name)) {}

  Fd fd_;
  std::string name_;
  std::uint64_t size_bytes_ = 0;
  std::chrono::nanoseconds modified_at_{};
};

// The whole file; kTooLarge naming the path when it has more than `max_bytes`, kNotFound when it is not
// there, kInvalid when it is not a regular file.
Result<Bytes> read_file(const std::filesystem::path& path, std::uint64_t max_bytes);

// Replaces `path` so that after a crash it holds either the old or the new content, never a part of it:
// writes a temporary file beside it, syncs it, renames it and syncs the folder. Makes missing parent folders.
// kStorageFull or kInternal, with the old file as it was.
Result<void> write_file_atomically(const std::filesystem::path& path, ByteView content);

// Writes all bytes at the position of an open file, however many calls that takes. An error of errno, which
// begins with `what` ("write FILE"), after which a part may be written. Blocks.
Result<void> write_all(int fd, ByteView content, const std::string& what);

// Flushes a file's or folder's content to the disk (fsync).
Result<void> sync_path(const std::filesystem::path& path);

// Makes the folder and its parents; success when it exists already.
Result<void> make_dirs(const std::filesystem::path& path);

}  // namespace fit
