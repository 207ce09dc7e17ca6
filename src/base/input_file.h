#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>

#include "base/result.h"

namespace fit {

// A file read from front to back through a window of memory that the caller moves on. The window begins where
// consume() left it, so a reader that looked too far ahead simply looks again. Not thread-safe.
class InputFile {
 public:
  // kNotFound, kInvalid naming the path (not a regular file), kInternal.
  static Result<InputFile> open(const std::filesystem::path& path);
  ~InputFile();
  InputFile(InputFile&& other) noexcept;
  InputFile& operator=(InputFile&&) = delete;

  // What is in memory from the current position on. Valid until grow() or consume().
  std::string_view window() const { return std::string_view(buffer_).substr(start_); }
  // Reads more behind the window. False at the end of the file.
  Result<bool> grow();
  // Moves the position on by `count` bytes of the window.
  void consume(std::size_t count);

  std::uint64_t position() const { return position_; }
  std::uint64_t size_bytes() const { return size_bytes_; }

 private:
  InputFile(int fd, std::uint64_t size_bytes, std::string name);

  int fd_;
  std::uint64_t size_bytes_;
  std::string name_;
  std::string buffer_;
  std::size_t start_ = 0;  // of the window in buffer_
  std::uint64_t position_ = 0;
};

}  // namespace fit
