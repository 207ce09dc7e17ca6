#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "base/hash.h"

namespace fit::index {

// The bits of a number of a vector in a segment: as it was given, or packed.
inline constexpr std::uint32_t kWholeBits = 32;
inline constexpr std::uint32_t kPackedBits = 12;

// By which a vector is recognised that was given before.
inline std::uint64_t fingerprint(std::span<const float> vector) {
  return xxh3(std::as_bytes(vector));
}

// How a vector lies in a segment in kPackedBits a number: its difference to the centroid of its list, in
// steps that are chosen so that the largest number fits.
//
// Little-endian: the list (uint32), the step (float32), the fingerprint of the vector as it was given
// (uint64), the upper 8 bits of each number in one byte each, then the lower 4 bits, those of number d and of
// number d + half in byte d. Immutable; thread-safe.
class PackedRow {
 public:
  explicit PackedRow(std::size_t dimensions) : dimensions_(dimensions) {}

  std::size_t bytes() const { return kHeadBytes + dimensions_ + half(); }

  void pack(const float* vector, std::uint32_t list, const float* centroid, std::uint64_t fingerprint,
            std::byte* row) const;

  static std::uint32_t list_of(const std::byte* row);
  static std::uint64_t fingerprint_of(const std::byte* row);

  // Each number is at most half a step from the one that was packed. False when the row is damaged.
  bool unpack(const std::byte* row, const float* centroid, float* vector) const;

 private:
  static constexpr std::size_t kHeadBytes = 16;
  std::size_t half() const { return (dimensions_ + 1) / 2; }

  std::size_t dimensions_;
};

}  // namespace fit::index
