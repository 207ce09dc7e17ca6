#include "media/crop.h"

#include <gtest/gtest.h>

#include <limits>

#include "media/test_images.h"

namespace fit::media {
namespace {

constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();

class CropTest : public testing::Test {
 protected:
  void SetUp() override { ASSERT_TRUE(start_vips()); }
};

TEST_F(CropTest, tells_boxes_from_other_numbers) {
  EXPECT_TRUE(is_box({}));
  EXPECT_TRUE(is_box({.left = 0.2, .top = 0, .right = 0.3, .bottom = 1}));
  EXPECT_FALSE(is_box({.left = 0.3, .top = 0, .right = 0.3, .bottom = 1}));
  EXPECT_FALSE(is_box({.left = 0.4, .top = 0, .right = 0.3, .bottom = 1}));
  EXPECT_FALSE(is_box({.left = -0.1, .top = 0, .right = 0.3, .bottom = 1}));
  EXPECT_FALSE(is_box({.left = 0, .top = 0.5, .right = 0.3, .bottom = 1.01}));
  EXPECT_FALSE(is_box({.left = kNaN, .top = 0, .right = 1, .bottom = 1}));
  EXPECT_FALSE(is_box({.left = 0, .top = 0, .right = 1, .bottom = kNaN}));
}

TEST_F(CropTest, compares_boxes) {
  const Box left{.left = 0, .top = 0, .right = 0.5, .bottom = 1};
  EXPECT_DOUBLE_EQ(intersection_over_union(left, left), 1);
  EXPECT_DOUBLE_EQ(intersection_over_union(left, {}), 0.5);
  EXPECT_DOUBLE_EQ(intersection_over_union(left, {.left = 0.5, .top = 0, .right = 1, .bottom = 1}), 0);
  EXPECT_DOUBLE_EQ(intersection_over_union(left, {.left = 0.25, .top = 0, .right = 0.75, .bottom = 1}),
                   1.0 / 3);
}

TEST_F(CropTest, keeps_margins_in_the_image) {
  const Box wide = with_margin({.left = 0.2, .top = 0.05, .right = 0.6, .bottom = 0.95}, 0.1);
  EXPECT_NEAR(wide.left, 0.16, 1e-12);
  EXPECT_NEAR(wide.right, 0.64, 1e-12);
  EXPECT_EQ(wide.top, 0);
  EXPECT_EQ(wide.bottom, 1);
}

TEST_F(CropTest, takes_the_pixels_that_a_box_covers) {
  const Image image = pattern(10, 8);
  const Image part = crop(image, {.left = 0.3, .top = 0.5, .right = 0.61, .bottom = 1});
  ASSERT_EQ(part.width, 4);  // from 3 to 6.1
  ASSERT_EQ(part.height, 4);
  for (int y = 0; y < 4; ++y) {
    for (int x = 0; x < 4; ++x) EXPECT_EQ(pixel(part, x, y), pixel(image, x + 3, y + 4));
  }
  EXPECT_EQ(crop(image, {}).rgb, image.rgb);
}

TEST_F(CropTest, has_at_least_one_pixel) {
  const Image corner = crop(pattern(10, 8), {.left = 1 - 1e-9, .top = 1 - 1e-9, .right = 1, .bottom = 1});
  EXPECT_EQ(corner.width, 1);
  EXPECT_EQ(corner.height, 1);
  EXPECT_EQ(crop(pattern(1, 1), {.left = 0.2, .top = 0.4, .right = 0.3, .bottom = 0.5}).rgb.size(), 3U);
}

// The part of a large photo has the pixels that are asked for, and no more decoding than it needs.
TEST_F(CropTest, decodes_as_large_as_the_part_needs) {
  const Bytes file = save(quarters(1600, 1200), ".jpg");
  const Box quarter{.left = 0, .top = 0.5, .right = 0.5, .bottom = 1};
  const auto small = decode_box("image", file, quarter, 100);
  ASSERT_TRUE(small) << small.error().describe();
  EXPECT_GE(std::min(small->width, small->height), 100);
  EXPECT_LT(small->width, 400);
  EXPECT_GT(pixel(*small, 40, 40)[2], 200);  // blue is below red
  EXPECT_LT(pixel(*small, 40, 40)[0], 60);
  EXPECT_EQ(decode_box("image", file, quarter, 600)->height, 600);
  EXPECT_EQ(decode_box("image", file, quarter, 2000)->height, 600);
  EXPECT_EQ(decode_box("image", file, {}, 0)->width, 1600);
}

// A box is of the image as it is shown: a photo that the camera turned has its corner elsewhere in the file.
TEST_F(CropTest, boxes_are_of_the_upright_image) {
  const Bytes file = save(quarters(160, 120), ".jpg[Q=95]", [](VipsImage* image) {
    vips_image_set_int(image, VIPS_META_ORIENTATION, 6);  // shown turned by 90 degrees to the right
    return image;
  });
  const auto part = decode_box("image", file, {.left = 0, .top = 0, .right = 0.4, .bottom = 0.4}, 0);
  ASSERT_TRUE(part) << part.error().describe();
  EXPECT_EQ(part->width, 48);
  EXPECT_EQ(part->height, 64);
  EXPECT_GT(pixel(*part, 10, 10)[2], 200);  // blue, at the lower left of the file
}

TEST_F(CropTest, refuses_what_decode_refuses) {
  const auto broken = decode_box("image", as_bytes("no image at all"), {}, 100);
  ASSERT_FALSE(broken);
  EXPECT_EQ(broken.error().field, "image");
}

}  // namespace
}  // namespace fit::media
