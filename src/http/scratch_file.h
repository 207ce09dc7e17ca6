#pragma once

#include <filesystem>
#include <utility>

#include "base/bytes.h"
#include "base/result.h"

namespace fit::http {

// A temporary file. The destructor removes it.
class ScratchFile {
 public:
  // Makes an empty file. As below.
  static Result<ScratchFile> create(const std::filesystem::path& folder);
  // Writes the content to a new file in `folder`, which is made if need be. Thread-safe; blocks. kStorageFull
  // or kInternal when it cannot be written.
  static Result<ScratchFile> write(const std::filesystem::path& folder, ByteView content);

  ScratchFile(ScratchFile&& other) noexcept : path_(std::exchange(other.path_, {})) {}
  ScratchFile& operator=(ScratchFile&&) = delete;
  ~ScratchFile();

  const std::filesystem::path& path() const { return path_; }

 private:
  explicit ScratchFile(std::filesystem::path path) : path_(std::move(path)) {}

  std::filesystem::path path_;
};

}  // namespace fit::http
