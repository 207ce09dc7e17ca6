#pragma once

#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>
#include <type_traits>

#include "base/bytes.h"

namespace fit {

// Serializes numbers and texts one after the other, in this machine's byte order. Not thread-safe.
class ByteWriter {
 public:
  template <class T>
  void put(const T& value) {
    static_assert(std::is_arithmetic_v<T>);
    put_raw(std::as_bytes(std::span(&value, 1)));
  }
  void put_bytes(ByteView bytes) {
    put(std::uint64_t{bytes.size()});
    put_raw(bytes);
  }
  void put_text(std::string_view text) { put_bytes(as_bytes(text)); }

  const Bytes& bytes() const { return bytes_; }
  Bytes take() { return std::move(bytes_); }

 private:
  void put_raw(ByteView bytes) { bytes_.insert(bytes_.end(), bytes.begin(), bytes.end()); }

  Bytes bytes_;
};

// Reads what a ByteWriter wrote, in the same order. The bytes may be damaged: a read past their end returns
// zero or an empty value, and ok() is false from then on. Returned views borrow the bytes. Not thread-safe.
class ByteReader {
 public:
  explicit ByteReader(ByteView bytes) : rest_(bytes) {}

  template <class T>
  T get() {
    static_assert(std::is_arithmetic_v<T> && !std::is_same_v<T, bool>);
    T value{};
    const ByteView raw = get_raw(sizeof value);
    if (!raw.empty()) std::memcpy(&value, raw.data(), sizeof value);
    return value;
  }
  bool get_bool() { return get<std::uint8_t>() != 0; }
  ByteView get_bytes() { return get_raw(get<std::uint64_t>()); }
  std::string_view get_text() { return as_text(get_bytes()); }
  // Reads the number of parts that follow, each of at least `part_bytes`. A number of parts that the
  // remaining bytes cannot hold counts as damage.
  std::size_t get_count(std::size_t part_bytes) {
    const auto count = get<std::uint64_t>();
    if (count > rest_.size() / part_bytes) ok_ = false;
    return ok_ ? static_cast<std::size_t>(count) : 0;
  }

  bool ok() const { return ok_; }
  bool is_done() const { return ok_ && rest_.empty(); }

 private:
  ByteView get_raw(std::uint64_t size) {
    if (!ok_ || size > rest_.size()) {
      ok_ = false;
      return {};
    }
    const ByteView raw = rest_.first(static_cast<std::size_t>(size));
    rest_ = rest_.subspan(raw.size());
    return raw;
  }

  ByteView rest_;
  bool ok_ = true;
};

}  // namespace fit
