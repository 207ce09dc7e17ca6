#include "style/saved/outfit_picture.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>

namespace fit::style {
namespace {

using ::testing::ElementsAre;

using Slots = std::vector<std::optional<Slot>>;

media::Image plain_image(int width, int height, std::uint8_t red, std::uint8_t green, std::uint8_t blue) {
  media::Image image{.width = width, .height = height, .rgb = {}};
  for (int i = 0; i < width * height; ++i) image.rgb.insert(image.rgb.end(), {red, green, blue});
  return image;
}

bool overlap(const PictureBox& a, const PictureBox& b) {
  return a.left < b.left + b.width && b.left < a.left + a.width && a.top < b.top + b.height &&
         b.top < a.top + a.height;
}

// Whether the pixel has about that colour; JPEG changes colours a little.
bool is_about(const media::Image& image, int x, int y, int red, int green, int blue) {
  const std::size_t at =
      (static_cast<std::size_t>(y) * static_cast<std::size_t>(image.width) + static_cast<std::size_t>(x)) * 3;
  return std::abs(image.rgb[at] - red) < 12 && std::abs(image.rgb[at + 1] - green) < 12 &&
         std::abs(image.rgb[at + 2] - blue) < 12;
}

TEST(OutfitPictureTest, TopsAreOverBottomsOverShoesAndTheRestIsBeside) {
  const auto boxes = outfit_boxes(
      Slots{Slot::kShoes, Slot::kTop, Slot::kBottom, Slot::kBag, Slot::kOuterLayer, Slot::kAccessory});
  const PictureBox& shoes = boxes[0];
  const PictureBox& top = boxes[1];
  const PictureBox& bottom = boxes[2];
  const PictureBox& bag = boxes[3];
  const PictureBox& outer = boxes[4];
  const PictureBox& accessory = boxes[5];
  EXPECT_LE(top.top + top.height, bottom.top);
  EXPECT_LE(bottom.top + bottom.height, shoes.top);
  EXPECT_EQ(top.left, shoes.left);
  EXPECT_LE(top.left + top.width, outer.left);
  EXPECT_LE(outer.top + outer.height, bag.top);
  EXPECT_LE(bag.top + bag.height, accessory.top);
}

TEST(OutfitPictureTest, PiecesFillThePictureWithoutOverlap) {
  const std::vector<Slots> outfits = {
      {Slot::kTop},
      {std::nullopt},
      {Slot::kOnePiece, Slot::kTop},
      Slots(12, Slot::kAccessory),
      {Slot::kOnePiece, Slot::kBag, Slot::kAccessory, Slot::kAccessory, Slot::kAccessory, std::nullopt},
      {Slot::kTop, Slot::kTop, Slot::kTop, Slot::kBottom, Slot::kShoes, Slot::kShoes, Slot::kOuterLayer}};
  for (const Slots& slots : outfits) {
    const auto boxes = outfit_boxes(slots);
    ASSERT_EQ(boxes.size(), slots.size());
    for (std::size_t i = 0; i < boxes.size(); ++i) {
      EXPECT_GE(boxes[i].left, 0);
      EXPECT_GE(boxes[i].top, 0);
      EXPECT_LE(boxes[i].left + boxes[i].width, kOutfitPictureWidth);
      EXPECT_LE(boxes[i].top + boxes[i].height, kOutfitPictureHeight);
      EXPECT_GE(std::min(boxes[i].width, boxes[i].height), 60);
      for (std::size_t j = 0; j < i; ++j) EXPECT_FALSE(overlap(boxes[i], boxes[j]));
    }
  }
  const auto alone = outfit_boxes(Slots{Slot::kTop});
  EXPECT_THAT(alone, ElementsAre(outfit_boxes(Slots{std::nullopt}).front()));
  EXPECT_GT(alone.front().height, kOutfitPictureHeight - 50);
}

TEST(OutfitPictureTest, APictureIsAJpegOnWhite) {
  ASSERT_TRUE(media::start_vips());
  const std::vector<PicturePiece> pieces = {
      {.slot = Slot::kTop, .image = plain_image(300, 300, 200, 0, 0)},
      {.slot = Slot::kBottom, .image = plain_image(100, 400, 0, 0, 200)},
      {.slot = Slot::kBag, .image = plain_image(2000, 1, 0, 200, 0)}};
  const auto file = draw_outfit(pieces);
  ASSERT_TRUE(file) << file.error().describe();
  const auto picture = media::decode("picture", *file, 0);
  ASSERT_TRUE(picture) << picture.error().describe();
  EXPECT_EQ(picture->width, kOutfitPictureWidth);
  EXPECT_EQ(picture->height, kOutfitPictureHeight);
  const auto boxes = outfit_boxes(Slots{Slot::kTop, Slot::kBottom, Slot::kBag});
  const auto middle = [](int start, int length) { return start + length / 2; };
  EXPECT_TRUE(is_about(*picture, 2, 2, 255, 255, 255));
  EXPECT_TRUE(is_about(*picture, middle(boxes[0].left, boxes[0].width), middle(boxes[0].top, boxes[0].height),
                       200, 0, 0));
  EXPECT_TRUE(is_about(*picture, middle(boxes[1].left, boxes[1].width), middle(boxes[1].top, boxes[1].height),
                       0, 0, 200));
}

TEST(OutfitPictureTest, ASmallImageIsEnlarged) {
  ASSERT_TRUE(media::start_vips());
  const std::vector<PicturePiece> pieces = {{.slot = Slot::kTop, .image = plain_image(60, 80, 200, 0, 0)}};
  const auto picture = media::decode("picture", draw_outfit(pieces).value(), 0);
  ASSERT_TRUE(picture) << picture.error().describe();
  const PictureBox box = outfit_boxes(Slots{Slot::kTop})[0];
  const int x = box.left + box.width / 2;
  const int y = box.top + box.height / 2;
  EXPECT_TRUE(is_about(*picture, x - 110, y - 150, 200, 0, 0));      // four times its size
  EXPECT_TRUE(is_about(*picture, x - 130, y - 170, 255, 255, 255));  // and no more
}

TEST(OutfitPictureTest, AnOutfitWithoutImagesIsWhite) {
  ASSERT_TRUE(media::start_vips());
  const auto file = draw_outfit({});
  ASSERT_TRUE(file) << file.error().describe();
  EXPECT_TRUE(is_about(media::decode("picture", *file, 0).value(), 400, 500, 255, 255, 255));
}

}  // namespace
}  // namespace fit::style
