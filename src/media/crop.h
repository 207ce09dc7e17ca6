#pragma once

#include <string_view>

#include "media/image.h"

namespace fit::media {

// A rectangle of an image, in fractions of its width and height, whatever its size in pixels.
struct Box {
  double left = 0;
  double top = 0;
  double right = 1;
  double bottom = 1;

  bool operator==(const Box&) const = default;
  double width() const { return right - left; }
  double height() const { return bottom - top; }
  double area() const { return width() * height(); }
};

// Whether the box lies in the image and is not empty: 0 <= left < right <= 1, and the same of top and bottom.
// A box with NaN is none.
bool is_box(const Box& box);

// The intersection of two boxes over their union, 0 to 1.
double intersection_over_union(const Box& a, const Box& b);

// The box with a margin of a share of its width on the left and on the right, and of its height above and
// below, as far as the image reaches.
Box with_margin(const Box& box, double share);

// The pixels of a box that is_box() accepts: those that it covers in part too, at least one.
Image crop(const Image& image, const Box& box);

// The short side for which decode() returns a whole image whose part in the box, that is_box() accepts, has a
// short side of at least min(short_side, its size in the file); 0 for a short_side of 0.
int short_side_of_whole(const ImageInfo& info, const Box& box, int short_side);

// Decodes an image file as decode() does and crops the box. The file is reduced only as far as the short side
// of the box's part stays at least min(short_side, its size in the file); 0: not at all. The result may be
// larger. The errors of decode(). Thread-safe; blocks.
Result<Image> decode_box(std::string_view field, ByteView file, const Box& box, int short_side,
                         const Limits& limits = {});

}  // namespace fit::media
