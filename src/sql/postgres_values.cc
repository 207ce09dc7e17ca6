#include "sql/postgres_values.h"

#include <bit>
#include <cmath>

namespace fit::sql {

bool append_halfvec(std::string& bytes, VectorView values) {
  const std::size_t start = bytes.size();
  append_number(bytes, static_cast<std::uint16_t>(values.size()));
  append_number(bytes, std::uint16_t{0});
  for (const float value : values) {
    const auto half = static_cast<_Float16>(value);
    if (!std::isfinite(static_cast<float>(half))) {
      bytes.resize(start);
      return false;
    }
    append_number(bytes, std::bit_cast<std::uint16_t>(half));
  }
  return true;
}

std::vector<float> read_vector_value(std::string_view bytes) {
  constexpr std::size_t kHeader = 4;
  if (bytes.size() < kHeader) return {};
  const std::size_t count = read_number<std::uint16_t>(bytes.data());
  std::vector<float> values(count);
  const char* from = bytes.data() + kHeader;
  if (bytes.size() == kHeader + count * sizeof(float)) {
    for (std::size_t i = 0; i < count; ++i) {
      values[i] = std::bit_cast<float>(read_number<std::uint32_t>(from + i * sizeof(float)));
    }
  } else if (bytes.size() == kHeader + count * sizeof(_Float16)) {
    for (std::size_t i = 0; i < count; ++i) {
      values[i] = static_cast<float>(
          std::bit_cast<_Float16>(read_number<std::uint16_t>(from + i * sizeof(_Float16))));
    }
  }
  return values;
}

}  // namespace fit::sql
