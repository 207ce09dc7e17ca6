#include "index/quantised/packed_row.h"

#include <algorithm>
#include <cmath>
#include <cstring>

namespace fit::index {
namespace {

constexpr int kLowBits = 4;
constexpr int kMostSteps = (1 << (kPackedBits - 1)) - 1;

struct PackedHead {
  std::uint32_t list;
  float step;
  std::uint64_t fingerprint;
};

PackedHead head_of(const std::byte* row) {
  PackedHead head;
  std::memcpy(&head, row, sizeof head);
  return head;
}

}  // namespace

void PackedRow::pack(const float* vector, std::uint32_t list, const float* centroid,
                     std::uint64_t fingerprint, std::byte* row) const {
  float most = 0;
  for (std::size_t d = 0; d < dimensions_; ++d) most = std::max(most, std::abs(vector[d] - centroid[d]));
  const PackedHead head{.list = list, .step = most / kMostSteps, .fingerprint = fingerprint};
  static_assert(sizeof head == kHeadBytes);
  std::memcpy(row, &head, sizeof head);
  std::byte* const high = row + kHeadBytes;
  std::byte* const low = high + dimensions_;
  std::fill_n(low, half(), std::byte{0});
  for (std::size_t d = 0; d < dimensions_; ++d) {
    const float steps = head.step > 0 ? (vector[d] - centroid[d]) / head.step : 0;
    const int number = std::clamp(static_cast<int>(std::lround(steps)), -kMostSteps, kMostSteps);
    high[d] = static_cast<std::byte>(number >> kLowBits);
    const auto rest = static_cast<std::byte>(number & 0xF);
    if (d < half())
      low[d] |= rest;
    else
      low[d - half()] |= rest << kLowBits;
  }
}

std::uint32_t PackedRow::list_of(const std::byte* row) {
  return head_of(row).list;
}

std::uint64_t PackedRow::fingerprint_of(const std::byte* row) {
  return head_of(row).fingerprint;
}

bool PackedRow::unpack(const std::byte* row, const float* centroid, float* vector) const {
  const float step = head_of(row).step;
  if (!(step >= 0 && step < 1)) return false;
  const auto* const high = reinterpret_cast<const std::int8_t*>(row + kHeadBytes);
  const auto* const low = reinterpret_cast<const std::uint8_t*>(row + kHeadBytes + dimensions_);
  const auto number = [&](std::size_t d, int rest) {
    return centroid[d] + step * static_cast<float>(high[d] * (1 << kLowBits) + rest);
  };
  for (std::size_t d = 0; d < half(); ++d) vector[d] = number(d, low[d] & 0xF);
  for (std::size_t d = half(); d < dimensions_; ++d) vector[d] = number(d, low[d - half()] >> kLowBits);
  return true;
}

}  // namespace fit::index
