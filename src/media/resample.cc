#include "media/resample.h"

#include <cmath>
#include <cstring>

namespace fit::media {
namespace {

constexpr double kA = -0.5;
constexpr double kSupport = 2.0;

// Four numbers at once: one SSE2 or NEON register, on every machine that we build for.
typedef float Float4 __attribute__((vector_size(16)));

double kernel(double x) {
  x = std::abs(x);
  if (x < 1.0) return ((kA + 2.0) * x - (kA + 3.0)) * x * x + 1.0;
  if (x < 2.0) return (((x - 5.0) * x + 8.0) * x - 4.0) * kA;
  return 0.0;
}

std::uint8_t to_byte(float value) {
  return static_cast<std::uint8_t>(std::clamp(value + 0.5f, 0.0f, 255.0f));
}

// One row of pixels as four floats each; the fourth is padding.
void widen_row(const std::uint8_t* row, int width, Float4* out) {
  for (int x = 0; x < width; ++x, row += 3) {
    out[x] = Float4{static_cast<float>(row[0]), static_cast<float>(row[1]), static_cast<float>(row[2]), 0.0f};
  }
}

void resample_row(const Float4* row, const Taps& taps, std::uint8_t* out) {
  const float* weights = taps.weights.data();
  for (std::size_t x = 0; x < taps.first.size(); ++x, weights += taps.count, out += 3) {
    const Float4* in = row + taps.first[x];
    const int used = taps.used[x];
    Float4 even = {}, odd = {};
    int k = 0;
    for (; k + 1 < used; k += 2) {
      even += in[k] * weights[k];
      odd += in[k + 1] * weights[k + 1];
    }
    if (k < used) even += in[k] * weights[k];
    even += odd;
    for (int c = 0; c < 3; ++c) out[c] = to_byte(even[c]);
  }
}

void add_weighted(const std::uint8_t* row, float weight, std::size_t length, float* sums) {
  for (std::size_t i = 0; i < length; ++i) sums[i] += weight * static_cast<float>(row[i]);
}

void to_bytes(const float* sums, std::size_t length, std::uint8_t* out) {
  for (std::size_t i = 0; i < length; ++i) out[i] = to_byte(sums[i]);
}

}  // namespace

Taps bicubic_taps(int in, int out, int from, int length) {
  const double scale = static_cast<double>(in) / out;
  const double stretch = std::max(scale, 1.0);
  const double support = kSupport * stretch;
  Taps taps;
  taps.count = static_cast<int>(std::ceil(support)) * 2 + 1;
  taps.first.resize(length);
  taps.used.resize(length);
  taps.weights.assign(static_cast<std::size_t>(length) * taps.count, 0.0f);
  std::vector<double> exact(taps.count);
  for (int i = 0; i < length; ++i) {
    const double centre = (from + i + 0.5) * scale;
    const int first = std::max(0, static_cast<int>(centre - support + 0.5));
    const int last = std::min(in, static_cast<int>(centre + support + 0.5));
    double sum = 0;
    for (int k = first; k < last; ++k) sum += exact[k - first] = kernel((k + 0.5 - centre) / stretch);
    taps.first[i] = first;
    taps.used[i] = last - first;
    float* weights = &taps.weights[static_cast<std::size_t>(i) * taps.count];
    for (int k = 0; k < last - first; ++k) weights[k] = static_cast<float>(exact[k] / sum);
  }
  return taps;
}

// Across, then down, with eight bits between: the order and the rounding of the reference.
Image resample(const Image& image, int out_width, int out_height, const Window& window) {
  const Taps across = bicubic_taps(image.width, out_width, window.left, window.width);
  const Taps down = bicubic_taps(image.height, out_height, window.top, window.height);
  const int first_row = down.first.front();
  const int last_row = down.first.back() + down.used.back();
  const std::size_t stride = static_cast<std::size_t>(window.width) * 3;
  const bool same_width = image.width == out_width;
  const bool same_height = image.height == out_height;

  std::vector<std::uint8_t> rows(stride * (last_row - first_row));
  std::vector<Float4> wide(same_width ? 0 : image.width);
  for (int y = first_row; y < last_row; ++y) {
    const std::uint8_t* in = &image.rgb[static_cast<std::size_t>(y) * image.width * 3];
    std::uint8_t* out = &rows[stride * (y - first_row)];
    if (same_width) {
      std::memcpy(out, in + static_cast<std::size_t>(window.left) * 3, stride);
    } else {
      widen_row(in, image.width, wide.data());
      resample_row(wide.data(), across, out);
    }
  }

  Image result{window.width, window.height, {}};
  if (same_height) {
    result.rgb = std::move(rows);
    return result;
  }
  result.rgb.resize(stride * window.height);
  std::vector<float> sums(stride);
  for (int y = 0; y < window.height; ++y) {
    std::fill(sums.begin(), sums.end(), 0.0f);
    const float* weights = &down.weights[static_cast<std::size_t>(y) * down.count];
    for (int k = 0; k < down.used[y]; ++k) {
      add_weighted(&rows[stride * (down.first[y] + k - first_row)], weights[k], stride, sums.data());
    }
    to_bytes(sums.data(), stride, &result.rgb[stride * y]);
  }
  return result;
}

}  // namespace fit::media
