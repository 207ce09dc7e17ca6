#include "media/crop.h"

#include <algorithm>
#include <cmath>

namespace fit::media {
namespace {

constexpr double kRounding = 1e-6;  // of a pixel: 0.3 * 10 is more than 3

// The pixels that a span of fractions covers, at least one.
struct PixelSpan {
  int first = 0;
  int count = 0;
};

PixelSpan covered(double from, double to, int pixels) {
  const int first = std::clamp(static_cast<int>(std::floor(from * pixels + kRounding)), 0, pixels - 1);
  const int end = std::clamp(static_cast<int>(std::ceil(to * pixels - kRounding)), first + 1, pixels);
  return {.first = first, .count = end - first};
}

}  // namespace

bool is_box(const Box& box) {
  const auto is_span = [](double from, double to) { return from >= 0 && from < to && to <= 1; };
  return is_span(box.left, box.right) && is_span(box.top, box.bottom);
}

double intersection_over_union(const Box& a, const Box& b) {
  const double width = std::min(a.right, b.right) - std::max(a.left, b.left);
  const double height = std::min(a.bottom, b.bottom) - std::max(a.top, b.top);
  if (!(width > 0 && height > 0)) return 0;
  const double both = width * height;
  return both / (a.area() + b.area() - both);
}

Box with_margin(const Box& box, double share) {
  const double across = box.width() * share;
  const double along = box.height() * share;
  return {.left = std::max(0.0, box.left - across),
          .top = std::max(0.0, box.top - along),
          .right = std::min(1.0, box.right + across),
          .bottom = std::min(1.0, box.bottom + along)};
}

Image crop(const Image& image, const Box& box) {
  const PixelSpan columns = covered(box.left, box.right, image.width);
  const PixelSpan rows = covered(box.top, box.bottom, image.height);
  Image part{columns.count, rows.count, {}};
  const auto row_bytes = static_cast<std::size_t>(columns.count) * 3;
  part.rgb.reserve(row_bytes * static_cast<std::size_t>(rows.count));
  for (int y = rows.first; y < rows.first + rows.count; ++y) {
    const auto offset = (static_cast<std::size_t>(y) * static_cast<std::size_t>(image.width) +
                         static_cast<std::size_t>(columns.first)) *
                        3;
    const auto row = image.rgb.begin() + static_cast<std::ptrdiff_t>(offset);
    part.rgb.insert(part.rgb.end(), row, row + static_cast<std::ptrdiff_t>(row_bytes));
  }
  return part;
}

int short_side_of_whole(const ImageInfo& info, const Box& box, int short_side) {
  if (short_side <= 0) return 0;
  const double part = std::min(box.width() * info.width, box.height() * info.height);
  const int whole = std::min(info.width, info.height);
  return static_cast<int>(
      std::min<double>(whole, std::ceil(whole * (short_side / std::max(part, 1.0)) - kRounding)));
}

Result<Image> decode_box(std::string_view field, ByteView file, const Box& box, int short_side,
                         const Limits& limits) {
  FIT_TRY(const ImageInfo info, probe(field, file, limits));
  FIT_TRY(const Image image, decode(field, file, short_side_of_whole(info, box, short_side), limits));
  return crop(image, box);
}

}  // namespace fit::media
