#pragma once

#include <optional>
#include <span>
#include <vector>

#include "base/bytes.h"
#include "base/result.h"
#include "media/image.h"
#include "style/outfits/outfit_category.h"

namespace fit::style {

// The size of a picture of an outfit, in pixels.
inline constexpr int kOutfitPictureWidth = 800;
inline constexpr int kOutfitPictureHeight = 1000;

// A piece with its image. Without a slot it is shown beside the others.
struct PicturePiece {
  std::optional<Slot> slot = {};
  media::Image image = {};
};

// A part of a picture, in pixels.
struct PictureBox {
  int left = 0, top = 0, width = 0, height = 0;

  friend bool operator==(const PictureBox&, const PictureBox&) = default;
};

// The place of each piece: tops and one-pieces over bottoms over shoes, and beside them outer layers over
// bags over everything else. Rows and columns without a piece leave no space. The boxes do not overlap.
std::vector<PictureBox> outfit_boxes(std::span<const std::optional<Slot>> slots);

// Draws the pieces on a white ground, each in the middle of its box, and returns a JPEG file. The errors of
// media::resize() and media::encode_jpeg(). Thread-safe.
Result<Bytes> draw_outfit(std::span<const PicturePiece> pieces);

}  // namespace fit::style
