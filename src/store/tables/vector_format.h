#pragma once

#include <deque>
#include <span>
#include <string>
#include <vector>

#include "base/bytes.h"
#include "base/result.h"

namespace fit::store {

// How an engine holds a vector as bytes, in parameters of statements and in columns.
struct VectorFormat {
  // Returns the bytes of a vector, which lie in `values` where the engine holds floats as memory does, else
  // in `buffer`, whose content is replaced. kInvalid naming "vector" for a number that the engine cannot
  // hold.
  Result<ByteView> (*encode)(std::span<const float> values, std::string& buffer) = nullptr;

  // Returns the numbers of a vector; none for bytes that are no vector.
  std::vector<float> (*decode)(ByteView bytes) = nullptr;
};

// The bytes of several vectors, until this object ends. For one thread at a time.
class EncodedVectors {
 public:
  // Adds a vector, which must outlive this object, and returns its bytes. The error of VectorFormat::encode.
  Result<ByteView> add(const VectorFormat& format, std::span<const float> values) {
    return format.encode(values, buffers_.emplace_back());
  }

 private:
  std::deque<std::string> buffers_;
};

}  // namespace fit::store
