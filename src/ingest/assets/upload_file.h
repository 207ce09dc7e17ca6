#pragma once

#include <cstdint>
#include <filesystem>

#include "base/bytes.h"
#include "base/result.h"

namespace fit::ingest {

// The file of an upload, open and locked for one writer among all processes. For one thread at a time.
class UploadFile {
 public:
  // Makes an empty file that survives a crash. Makes the folder.
  static Result<void> make(const std::filesystem::path& path);
  // kConflict naming "upload" while another writer has it; kNotFound.
  static Result<UploadFile> open(const std::filesystem::path& path);

  UploadFile(UploadFile&& other) noexcept;
  UploadFile& operator=(UploadFile&&) = delete;
  ~UploadFile();

  // Writes the data at `offset`, ends the file after it, and flushes it to the disk.
  Result<void> write(std::uint64_t offset, ByteView data);
  // The content of `size` bytes, mapped into memory; valid as long as this object. Call it once.
  Result<ByteView> map(std::uint64_t size);

 private:
  UploadFile(int fd, std::filesystem::path path) : fd_(fd), path_(std::move(path)) {}

  int fd_;
  std::filesystem::path path_;
  void* mapped_ = nullptr;
  std::uint64_t mapped_bytes_ = 0;
};

}  // namespace fit::ingest
