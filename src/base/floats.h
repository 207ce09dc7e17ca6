#pragma once

#include <bit>
#include <cstring>
#include <vector>

#include "base/bytes.h"

namespace fit {

// The 32-bit floats of a stored vector, the lowest byte of each first; std::as_bytes() makes them bytes
// again. Bytes after the last whole float are left out.
inline std::vector<float> floats_of(ByteView bytes) {
  static_assert(std::endian::native == std::endian::little && sizeof(float) == 4);
  std::vector<float> values(bytes.size() / sizeof(float));
  if (!values.empty()) std::memcpy(values.data(), bytes.data(), values.size() * sizeof(float));
  return values;
}

}  // namespace fit
