#include "style/saved/outfit_picture.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <iterator>

namespace fit::style {
namespace {

constexpr int kMargin = 24;            // around the picture and each image
constexpr double kBodyShare = 0.6;     // of the width, for the column of tops, bottoms and shoes
constexpr double kMaxEnlargement = 4;  // of an image: more would show nothing but blur
constexpr std::uint8_t kWhite = 255;

// A row of a column: the pieces that share it, and its part of the height.
struct PictureRow {
  std::vector<std::size_t> pieces;
  double weight = 0;
};
using PictureColumn = std::array<PictureRow, 3>;

// The rows of both columns, from the top.
struct PictureColumns {
  PictureColumn body = {
      {{.pieces = {}, .weight = 3}, {.pieces = {}, .weight = 4}, {.pieces = {}, .weight = 2}}};
  PictureColumn side = {
      {{.pieces = {}, .weight = 4}, {.pieces = {}, .weight = 2}, {.pieces = {}, .weight = 2}}};

  void add(std::size_t piece, std::optional<Slot> slot) { row_of(slot).pieces.push_back(piece); }

 private:
  PictureRow& row_of(std::optional<Slot> slot) {
    if (!slot) return side[2];
    switch (*slot) {
      case Slot::kOnePiece:
        body[0].weight = 6;  // as long as a top and more
        return body[0];
      case Slot::kTop:
        return body[0];
      case Slot::kBottom:
        return body[1];
      case Slot::kShoes:
        return body[2];
      case Slot::kOuterLayer:
        return side[0];
      case Slot::kBag:
        return side[1];
      case Slot::kAccessory:
        break;
    }
    return side[2];
  }
};

bool is_empty(const PictureColumn& column) {
  return std::ranges::all_of(column, [](const PictureRow& row) { return row.pieces.empty(); });
}

// Cuts an area into cells, as square as it can be, for the pieces of a row.
void place_row(const PictureRow& row, const PictureBox& area, std::vector<PictureBox>& boxes) {
  const int count = static_cast<int>(row.pieces.size());
  const int columns = static_cast<int>(std::ceil(std::sqrt(count)));
  const int lines = (count + columns - 1) / columns;
  for (int i = 0; i < count; ++i) {
    boxes[row.pieces[static_cast<std::size_t>(i)]] = {.left = area.left + i % columns * area.width / columns,
                                                      .top = area.top + i / columns * area.height / lines,
                                                      .width = area.width / columns,
                                                      .height = area.height / lines};
  }
}

void place_column(const PictureColumn& column, const PictureBox& area, std::vector<PictureBox>& boxes) {
  double total = 0;
  for (const PictureRow& row : column) total += row.pieces.empty() ? 0 : row.weight;
  double top = area.top;
  for (const PictureRow& row : column) {
    if (row.pieces.empty()) continue;
    const double height = area.height * row.weight / total;
    place_row(row,
              {.left = area.left,
               .top = static_cast<int>(top),
               .width = area.width,
               .height = static_cast<int>(height)},
              boxes);
    top += height;
  }
}

// Copies an image onto the canvas. It must lie inside.
void paste(const media::Image& image, int left, int top, media::Image& canvas) {
  const std::size_t row_bytes = static_cast<std::size_t>(image.width) * 3;
  for (int y = 0; y < image.height; ++y) {
    const auto source = image.rgb.begin() + static_cast<std::ptrdiff_t>(row_bytes) * y;
    const auto target = canvas.rgb.begin() + (static_cast<std::ptrdiff_t>(top + y) * canvas.width + left) * 3;
    std::copy_n(source, row_bytes, target);
  }
}

Result<void> draw_piece(const media::Image& image, const PictureBox& box, media::Image& canvas) {
  const int width = std::max(1, box.width - kMargin);
  const int height = std::max(1, box.height - kMargin);
  const double scale = std::min({static_cast<double>(width) / image.width,
                                 static_cast<double>(height) / image.height, kMaxEnlargement});
  const auto scaled = [scale](int side, int most) {
    return std::clamp(static_cast<int>(std::lround(side * scale)), 1, most);
  };
  FIT_TRY(const media::Image fitting,
          media::resize(image, scaled(image.width, width), scaled(image.height, height)));
  paste(fitting, box.left + (box.width - fitting.width) / 2, box.top + (box.height - fitting.height) / 2,
        canvas);
  return {};
}

}  // namespace

std::vector<PictureBox> outfit_boxes(std::span<const std::optional<Slot>> slots) {
  PictureColumns columns;
  for (std::size_t i = 0; i < slots.size(); ++i) columns.add(i, slots[i]);
  std::vector<PictureBox> boxes(slots.size());
  PictureBox body{.left = kMargin / 2,
                  .top = kMargin / 2,
                  .width = kOutfitPictureWidth - kMargin,
                  .height = kOutfitPictureHeight - kMargin};
  PictureBox side = body;
  if (!is_empty(columns.body) && !is_empty(columns.side)) {
    body.width = static_cast<int>(body.width * kBodyShare);
    side.left += body.width;
    side.width -= body.width;
  }
  place_column(columns.body, body, boxes);
  place_column(columns.side, side, boxes);
  return boxes;
}

Result<Bytes> draw_outfit(std::span<const PicturePiece> pieces) {
  std::vector<std::optional<Slot>> slots;
  std::ranges::transform(pieces, std::back_inserter(slots), &PicturePiece::slot);
  const std::vector<PictureBox> boxes = outfit_boxes(slots);
  media::Image canvas{.width = kOutfitPictureWidth, .height = kOutfitPictureHeight, .rgb = {}};
  canvas.rgb.assign(static_cast<std::size_t>(canvas.width) * canvas.height * 3, kWhite);
  for (std::size_t i = 0; i < pieces.size(); ++i) FIT_CHECK(draw_piece(pieces[i].image, boxes[i], canvas));
  return media::encode_jpeg(canvas, kOutfitPictureHeight, 88);
}

}  // namespace fit::style
