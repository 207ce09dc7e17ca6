#pragma once

#include <cstdint>
#include <string>

namespace fit::sql {

// The numbers of PostgreSQL's binary formats, which are in network byte order.

// Writes a number to the sizeof(Number) bytes at `to`, and returns their end.
template <class Number>
char* write_number(char* to, Number number) {
  for (int shift = static_cast<int>(sizeof(Number)) * 8 - 8; shift >= 0; shift -= 8) {
    *to++ = static_cast<char>(static_cast<std::uint64_t>(number) >> shift);
  }
  return to;
}

template <class Number>
void append_number(std::string& bytes, Number number) {
  const std::size_t start = bytes.size();
  bytes.resize(start + sizeof(Number));
  write_number(bytes.data() + start, number);
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

}  // namespace fit::sql
