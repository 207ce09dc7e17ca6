#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.h"
#include "sql/sql_connection.h"

namespace fit::sql {

// PostgreSQL's binary formats, in network byte order.

template <class Number>
void append_number(std::string& bytes, Number number) {
  for (int shift = static_cast<int>(sizeof(Number)) * 8 - 8; shift >= 0; shift -= 8) {
    bytes += static_cast<char>(static_cast<std::uint64_t>(number) >> shift);
  }
}

// The number in the first sizeof(Number) bytes, which must be there.
template <class Number>
Number read_number(const char* bytes) {
  std::uint64_t number = 0;
  for (std::size_t i = 0; i < sizeof(Number); ++i) {
    number = number << 8 | static_cast<unsigned char>(bytes[i]);
  }
  return static_cast<Number>(number);
}

// pgvector's halfvec. False, with nothing appended, when a number is too large for 16 bits.
bool append_halfvec(std::string& bytes, VectorView values);

// The numbers of a halfvec or a vector.
std::vector<float> read_vector_value(std::string_view bytes);

}  // namespace fit::sql
