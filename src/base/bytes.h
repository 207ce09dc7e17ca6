#pragma once

#include <cstddef>
#include <span>
#include <string_view>
#include <vector>

namespace fit {

using Bytes = std::vector<std::byte>;
using ByteView = std::span<const std::byte>;

// Views of the same memory as bytes or as characters; nothing is copied.
inline ByteView as_bytes(std::string_view text) {
  return std::as_bytes(std::span(text.data(), text.size()));
}
inline std::string_view as_text(ByteView bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

}  // namespace fit
