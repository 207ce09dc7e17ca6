#pragma once

#include <cstdint>
#include <string_view>

#include "base/result.h"

namespace fit {

// Bytes that are read from front to back through a window of memory that the caller moves on. The window
// begins where consume() left it, so a reader that looked too far ahead simply looks again. Not thread-safe.
class TextInput {
 public:
  virtual ~TextInput() = default;
  // What is in memory from the current position on. Valid until grow() or consume().
  virtual std::string_view window() const = 0;
  // Reads more behind the window. False at the end.
  virtual Result<bool> grow() = 0;
  // Moves the position on by `count` bytes of the window.
  virtual void consume(std::size_t count) = 0;
  // The position and the size in bytes of the file. The position is an estimate where the window holds other
  // bytes than the file.
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
