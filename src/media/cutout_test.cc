#include "media/cutout.h"

#include <gtest/gtest.h>

#include "media/test_images.h"

namespace fit::media {
namespace {

// A red disc of this radius in the middle of a grey ground, both a little uneven.
Image disc(int width, int height, int radius) {
  Image image{.width = width, .height = height, .rgb = {}};
  for (int y = 0; y < height; ++y) {
    for (int x = 0; x < width; ++x) {
      const int dx = x - width / 2;
      const int dy = y - height / 2;
      const bool is_inside = dx * dx + dy * dy <= radius * radius;
      const int shade = (x * 7 + y * 13) % 11;
      image.rgb.push_back(static_cast<std::uint8_t>((is_inside ? 190 : 200) + shade));
      image.rgb.push_back(static_cast<std::uint8_t>((is_inside ? 30 : 200) + shade));
      image.rgb.push_back(static_cast<std::uint8_t>((is_inside ? 40 : 200) + shade));
    }
  }
  return image;
}

class CutoutTest : public testing::Test {
 protected:
  void SetUp() override { ASSERT_TRUE(start_vips()); }
};

TEST_F(CutoutTest, finds_a_thing_on_its_ground) {
  const auto cutout = cut_out(disc(200, 240, 60));
  ASSERT_TRUE(cutout) << cutout.error().describe();
  ASSERT_TRUE(*cutout);
  ASSERT_EQ((*cutout)->alpha.size(), 200U * 240U);
  std::size_t wrong = 0;
  for (int y = 0; y < 240; ++y) {
    for (int x = 0; x < 200; ++x) {
      const int distance = (x - 100) * (x - 100) + (y - 120) * (y - 120);
      const bool is_inside = (*cutout)->alpha[static_cast<std::size_t>(y) * 200 + x] >= 128;
      if (is_inside != (distance <= 60 * 60)) ++wrong;
    }
  }
  EXPECT_LT(wrong, 500U);  // a ring of about a pixel
}

TEST_F(CutoutTest, equal_images_give_equal_files) {
  const auto first = cut_out(disc(120, 100, 30));
  const auto other = cut_out(disc(100, 90, 20));
  const auto second = cut_out(disc(120, 100, 30));
  ASSERT_TRUE(*first && *other && *second);
  EXPECT_EQ(*encode_png(**first), *encode_png(**second));
}

TEST_F(CutoutTest, a_large_image_is_reduced) {
  const auto cutout = cut_out(disc(1024, 700, 200));
  ASSERT_TRUE(*cutout);
  EXPECT_EQ((*cutout)->image.width, kCutoutSide);
  EXPECT_EQ((*cutout)->image.height, 350);
}

TEST_F(CutoutTest, the_file_has_no_background) {
  const auto cutout = cut_out(disc(200, 240, 60));
  ASSERT_TRUE(*cutout);
  const auto file = encode_png(**cutout);
  ASSERT_TRUE(file) << file.error().describe();
  const auto shown = decode("cutout", *file, 0);  // on white
  ASSERT_TRUE(shown) << shown.error().describe();
  EXPECT_EQ(pixel(*shown, 0, 0), (std::array{255, 255, 255}));
  EXPECT_EQ(pixel(*shown, 100, 120), pixel((*cutout)->image, 100, 120));
  Cutout damaged = **cutout;
  damaged.alpha.pop_back();
  EXPECT_EQ(encode_png(damaged).error().code, ErrorCode::kInternal);
}

TEST_F(CutoutTest, a_plain_image_has_none) {
  Image plain{.width = 90, .height = 90, .rgb = {}};
  plain.rgb.assign(90U * 90U * 3U, 128);
  const auto cutout = cut_out(plain);
  ASSERT_TRUE(cutout) << cutout.error().describe();
  EXPECT_FALSE(*cutout);
}

TEST(PlausibleMask, covers_some_of_the_area_and_little_of_the_border) {
  const auto box = [](int left, int top, int right, int bottom) {
    std::vector<std::uint8_t> alpha(100U * 100U);
    for (int y = top; y < bottom; ++y) {
      for (int x = left; x < right; ++x) alpha[static_cast<std::size_t>(y) * 100 + x] = 255;
    }
    return alpha;
  };
  EXPECT_TRUE(is_plausible_mask(box(20, 20, 80, 80), 100, 100));
  EXPECT_TRUE(is_plausible_mask(box(20, 20, 80, 100), 100, 100));  // to the lower edge
  EXPECT_FALSE(is_plausible_mask(box(0, 0, 0, 0), 100, 100));
  EXPECT_TRUE(is_plausible_mask(box(30, 30, 70, 65), 100, 100));   // a cap
  EXPECT_FALSE(is_plausible_mask(box(35, 35, 65, 70), 100, 100));  // the print of a shirt
  EXPECT_FALSE(is_plausible_mask(box(0, 0, 100, 100), 100, 100));
  EXPECT_FALSE(is_plausible_mask(box(0, 0, 100, 70), 100, 100));  // most of three edges
}

}  // namespace
}  // namespace fit::media
