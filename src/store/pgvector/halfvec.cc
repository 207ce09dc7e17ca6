#include "store/pgvector/halfvec.h"

#include <bit>

#include "sql/postgres_values.h"

namespace fit::store {
namespace {

using Half = _Float16;

// Both types begin with the number of dimensions and two unused bytes.
constexpr std::size_t kHeaderSize = 4;
// The bits of a Half's exponent, all of which are set for infinities and NaN.
constexpr std::uint16_t kNotFinite = 0x7C00;

Result<ByteView> encode(std::span<const float> values, std::string& buffer) {
  buffer.resize(kHeaderSize + values.size() * sizeof(Half));
  char* at = sql::write_number(buffer.data(), static_cast<std::uint16_t>(values.size()));
  at = sql::write_number(at, std::uint16_t{0});
  for (const float value : values) {
    const auto bits = std::bit_cast<std::uint16_t>(static_cast<Half>(value));
    if ((bits & kNotFinite) == kNotFinite) return invalid("vector", "has a number beyond 65504");
    at = sql::write_number(at, bits);
  }
  return as_bytes(buffer);
}

std::vector<float> decode(ByteView bytes) {
  if (bytes.size() < kHeaderSize) return {};
  const char* const start = as_text(bytes).data();
  const char* const numbers = start + kHeaderSize;
  const std::size_t count = sql::read_number<std::uint16_t>(start);
  const std::size_t size = bytes.size() - kHeaderSize;
  std::vector<float> values(count);
  if (size == count * sizeof(Half)) {
    for (std::size_t i = 0; i < count; ++i) {
      const auto half = sql::read_number<std::uint16_t>(numbers + i * sizeof(Half));
      values[i] = static_cast<float>(std::bit_cast<Half>(half));
    }
  } else if (size == count * sizeof(float)) {
    for (std::size_t i = 0; i < count; ++i) {
      values[i] = std::bit_cast<float>(sql::read_number<std::uint32_t>(numbers + i * sizeof(float)));
    }
  } else {
    values.clear();
  }
  return values;
}

constexpr VectorFormat kFormat = {.encode = &encode, .decode = &decode};

}  // namespace

const VectorFormat& halfvec_format() {
  return kFormat;
}

}  // namespace fit::store
