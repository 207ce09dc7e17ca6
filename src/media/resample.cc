#include "media/resample.h"

#include <cmath>
#include <cstring>

namespace fit::media {
namespace {

constexpr double kA = -0.5;
constexpr double kSupport = 2.0;

// Loops that the compiler vectorises for several instruction sets; the dynamic linker selects one when the
// program starts. Sanitizers do not support target clones.
#if defined(__x86_64__) && !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
#define FIT_TARGET_CLONES __attribute__((target_clones("avx512f", "avx2,fma", "default")))
#else
#define FIT_TARGET_CLONES
#endif

// Four floats: one SSE2 or NEON register, available on every target.
typedef float Float4 __attribute__((vector_size(16)));
typedef float Float4Anywhere __attribute__((vector_size(16), aligned(4), may_alias));

// Values of a row that blend_rows() sums in registers at a time.
constexpr std::size_t kBlock = 64;

double kernel(double x) {
  x = std::abs(x);
  if (x < 1.0) return ((kA + 2.0) * x - (kA + 3.0)) * x * x + 1.0;
  if (x < 2.0) return (((x - 5.0) * x + 8.0) * x - 4.0) * kA;
  return 0.0;
}

inline std::uint8_t to_byte(float value) {
  return static_cast<std::uint8_t>(std::clamp(value + 0.5f, 0.0f, 255.0f));
}

FIT_TARGET_CLONES
void widen_row(const std::uint8_t* row, std::size_t length, float* out) {
  for (std::size_t i = 0; i < length; ++i) out[i] = static_cast<float>(row[i]);
}

// Rows that resample_rows() handles at a time: their sums are independent of each other.
constexpr int kRows = 4;

// Resamples kRows rows of three floats a pixel, which lie `stride` floats apart. One float after each row is
// read and ignored.
FIT_TARGET_CLONES
void resample_rows(const float* rows, std::size_t stride, const ResampleWeights& axis,
                   std::uint8_t* const* out) {
  const float* weights = axis.weights.data();
  for (std::size_t x = 0; x < axis.first.size(); ++x, weights += axis.count) {
    const float* in = rows + static_cast<std::size_t>(axis.first[x]) * 3;
    Float4 sums[kRows] = {};
    for (int k = 0; k < axis.used[x]; ++k, in += 3) {
      for (std::size_t row = 0; row < kRows; ++row) {
        sums[row] += *reinterpret_cast<const Float4Anywhere*>(in + row * stride) * weights[k];
      }
    }
    for (int row = 0; row < kRows; ++row) {
      for (std::size_t c = 0; c < 3; ++c) out[row][3 * x + c] = to_byte(sums[row][c]);
    }
  }
}

// Writes the weighted sum of `count` rows that lie `stride` bytes apart.
FIT_TARGET_CLONES
void blend_rows(const std::uint8_t* rows, std::size_t stride, const float* weights, int count,
                std::uint8_t* out) {
  std::size_t begin = 0;
  for (; begin + kBlock <= stride; begin += kBlock) {
    float sums[kBlock] = {};
    for (int k = 0; k < count; ++k) {
      const std::uint8_t* row = rows + static_cast<std::size_t>(k) * stride + begin;
      const float weight = weights[k];
      for (std::size_t i = 0; i < kBlock; ++i) sums[i] += weight * static_cast<float>(row[i]);
    }
    for (std::size_t i = 0; i < kBlock; ++i) out[begin + i] = to_byte(sums[i]);
  }
  for (; begin < stride; ++begin) {
    float sum = 0;
    for (int k = 0; k < count; ++k) {
      sum += weights[k] * static_cast<float>(rows[static_cast<std::size_t>(k) * stride + begin]);
    }
    out[begin] = to_byte(sum);
  }
}

}  // namespace

ResampleWeights bicubic_weights(int in, int out, int from, int length) {
  const double scale = static_cast<double>(in) / out;
  const double stretch = std::max(scale, 1.0);
  const double support = kSupport * stretch;
  ResampleWeights axis;
  axis.count = static_cast<int>(std::ceil(support)) * 2 + 1;
  axis.first.resize(length);
  axis.used.resize(length);
  axis.weights.assign(static_cast<std::size_t>(length) * axis.count, 0.0f);
  std::vector<double> exact(axis.count);
  for (int i = 0; i < length; ++i) {
    const double centre = (from + i + 0.5) * scale;
    const int first = std::max(0, static_cast<int>(centre - support + 0.5));
    const int last = std::min(in, static_cast<int>(centre + support + 0.5));
    double sum = 0;
    for (int k = first; k < last; ++k) sum += exact[k - first] = kernel((k + 0.5 - centre) / stretch);
    axis.first[i] = first;
    axis.used[i] = last - first;
    float* weights = &axis.weights[static_cast<std::size_t>(i) * axis.count];
    for (int k = 0; k < last - first; ++k) weights[k] = static_cast<float>(exact[k] / sum);
  }
  return axis;
}

namespace {

void resample_across(const Image& image, const ResampleWeights& axis, int first_row, int last_row,
                     std::size_t stride, std::uint8_t* out) {
  const std::size_t length = static_cast<std::size_t>(image.width) * 3;
  std::vector<float> wide((length + 1) * kRows);
  std::vector<std::uint8_t> unused(stride);
  for (int y = first_row; y < last_row; y += kRows) {
    std::uint8_t* targets[kRows];
    for (int row = 0; row < kRows; ++row) {
      const bool is_there = y + row < last_row;
      targets[row] = is_there ? out + stride * static_cast<std::size_t>(y + row - first_row) : unused.data();
      const int from = is_there ? y + row : last_row - 1;
      widen_row(&image.rgb[static_cast<std::size_t>(from) * length], length,
                &wide[static_cast<std::size_t>(row) * (length + 1)]);
    }
    resample_rows(wide.data(), length + 1, axis, targets);
  }
}

}  // namespace

// Resamples rows, then columns, with eight bits in between: the order and the rounding of Pillow.
Image resample(const Image& image, int out_width, int out_height, const Window& window) {
  const ResampleWeights across = bicubic_weights(image.width, out_width, window.left, window.width);
  const ResampleWeights down = bicubic_weights(image.height, out_height, window.top, window.height);
  const int first_row = down.first.front();
  const int last_row = down.first.back() + down.used.back();
  const std::size_t stride = static_cast<std::size_t>(window.width) * 3;
  const bool same_width = image.width == out_width;
  const bool same_height = image.height == out_height;

  std::vector<std::uint8_t> rows(stride * (last_row - first_row));
  if (same_width) {
    for (int y = first_row; y < last_row; ++y) {
      const std::size_t from = (static_cast<std::size_t>(y) * image.width + window.left) * 3;
      std::memcpy(&rows[stride * (y - first_row)], &image.rgb[from], stride);
    }
  } else {
    resample_across(image, across, first_row, last_row, stride, rows.data());
  }

  Image result{window.width, window.height, {}};
  if (same_height) {
    result.rgb = std::move(rows);
    return result;
  }
  result.rgb.resize(stride * window.height);
  for (int y = 0; y < window.height; ++y) {
    blend_rows(&rows[stride * (down.first[y] - first_row)], stride,
               &down.weights[static_cast<std::size_t>(y) * down.count], down.used[y],
               &result.rgb[stride * y]);
  }
  return result;
}

}  // namespace fit::media
