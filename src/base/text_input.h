#pragma once

#include <cstdint>
#include <string_view>

#include "base/result.h"

namespace fit {

// Reads bytes from front to back through a window of memory that the caller moves. The window begins where
// consume() left it, so that a caller may look ahead and read the same bytes again. Not thread-safe.
class TextInput {
 public:
  virtual ~TextInput() = default;
  // The bytes in memory from the current position on. Valid until grow() or consume().
  virtual std::string_view window() const = 0;
  // Reads more bytes into the window. False at the end; the errors of reading the input.
  virtual Result<bool> grow() = 0;
  // Moves the position on by `count` bytes of the window.
  virtual void consume(std::size_t count) = 0;
  // The position and the size in bytes of the underlying file. The position is an estimate when the input
  // decodes the file.
  virtual std::uint64_t position() const = 0;
  virtual std::uint64_t size_bytes() const = 0;

 protected:
  TextInput() = default;
  TextInput(const TextInput&) = default;
  TextInput(TextInput&&) = default;
  TextInput& operator=(const TextInput&) = default;
  TextInput& operator=(TextInput&&) = default;
};

}  // namespace fit
