#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>

#include "base/result.h"

namespace fit {

// A file read from front to back through a window of memory that the caller moves. The window begins where
// consume() left it, so that a caller may look ahead and read the same bytes again. Not thread-safe.
class InputFile {
 public:
  // kNotFound when the file does not exist, kInvalid naming the path when it is not a regular file, kInternal
  // when it cannot be opened.
  static Result<InputFile> open(const std::filesystem::path& path);
  ~InputFile();
  InputFile(InputFile&& other) noexcept;
  InputFile& operator=(InputFile&&) = delete;

  // The bytes in memory from the current position on. Valid until grow() or consume().
  std::string_view window() const { return std::string_view(buffer_).substr(start_); }
  // Reads more bytes into the window. False at the end of the file; kInternal when reading fails.
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
  std::size_t start_ = 0;  // where the window begins in buffer_
  std::uint64_t position_ = 0;
};

}  // namespace fit
