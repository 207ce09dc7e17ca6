#include <bit>
#include <cmath>
#include <numbers>

#include "media/resample.h"

namespace fit::media {
namespace {

constexpr int kSide = 32;        // side of the reduced image
constexpr int kFrequencies = 8;  // frequencies 1 to 8 in each direction

// Rows 1 to 8 of the type II discrete cosine transform of length 32.
std::array<std::array<float, kSide>, kFrequencies> cosines() {
  std::array<std::array<float, kSide>, kFrequencies> table;
  for (int u = 0; u < kFrequencies; ++u) {
    for (int x = 0; x < kSide; ++x) {
      table[u][x] = static_cast<float>(std::cos(std::numbers::pi * (u + 1) * (x + 0.5) / kSide));
    }
  }
  return table;
}

}  // namespace

std::uint64_t perceptual_hash(const Image& image) {
  if (image.width < 1 || image.height < 1) return 0;
  const Image small = resample(image, kSide, kSide, {0, 0, kSide, kSide});
  static const auto kCosines = cosines();

  std::array<std::array<float, kFrequencies>, kSide> across{};
  for (int y = 0; y < kSide; ++y) {
    for (int x = 0; x < kSide; ++x) {
      const std::uint8_t* pixel = &small.rgb[(static_cast<std::size_t>(y) * kSide + x) * 3];
      const float luma = 0.299f * pixel[0] + 0.587f * pixel[1] + 0.114f * pixel[2];
      for (int u = 0; u < kFrequencies; ++u) across[y][u] += luma * kCosines[u][x];
    }
  }
  std::array<float, kFrequencies * kFrequencies> frequencies{};
  for (int v = 0; v < kFrequencies; ++v) {
    for (int y = 0; y < kSide; ++y) {
      for (int u = 0; u < kFrequencies; ++u)
        frequencies[v * kFrequencies + u] += across[y][u] * kCosines[v][y];
    }
  }
  auto sorted = frequencies;
  std::nth_element(sorted.begin(), sorted.begin() + sorted.size() / 2, sorted.end());
  const float upper = sorted[sorted.size() / 2];
  const float lower = *std::max_element(sorted.begin(), sorted.begin() + sorted.size() / 2);
  const float median = (upper + lower) / 2;

  std::uint64_t hash = 0;
  for (std::size_t i = 0; i < frequencies.size(); ++i) {
    if (frequencies[i] > median) hash |= std::uint64_t{1} << i;
  }
  return hash;
}

int hamming_distance(std::uint64_t a, std::uint64_t b) {
  return std::popcount(a ^ b);
}

}  // namespace fit::media
