#include <gtest/gtest.h>

#include "media/test_images.h"

namespace fit::media {
namespace {

class EncodeTest : public testing::Test {
 protected:
  void SetUp() override { ASSERT_TRUE(start_vips()); }
};

TEST_F(EncodeTest, png_is_lossless) {
  const Image image = pattern(67, 45);
  const auto file = encode_png(image);
  ASSERT_TRUE(file);
  const auto info = probe("image", *file);
  ASSERT_TRUE(info);
  EXPECT_EQ(info->format, Format::kPng);
  EXPECT_EQ(decode("image", *file, 0)->rgb, image.rgb);
}

TEST_F(EncodeTest, jpeg_fits_max_side_and_keeps_the_aspect_ratio) {
  const auto file = encode_jpeg(pattern(600, 400), 150);
  ASSERT_TRUE(file);
  const auto image = decode("image", *file, 0);
  ASSERT_TRUE(image);
  EXPECT_EQ(image->width, 150);
  EXPECT_EQ(image->height, 100);
}

TEST_F(EncodeTest, jpeg_is_never_enlarged) {
  const auto file = encode_jpeg(pattern(60, 40), 150, 95);
  ASSERT_TRUE(file);
  const auto image = decode("image", *file, 0);
  ASSERT_TRUE(image);
  EXPECT_EQ(image->width, 60);
  EXPECT_LE(difference(*image, pattern(60, 40)).mean, 12);
}

TEST_F(EncodeTest, jpeg_of_a_thin_image_has_at_least_one_row) {
  const auto file = encode_jpeg(pattern(3000, 2), 100);
  ASSERT_TRUE(file);
  Limits any_size;
  any_size.min_side = 1;
  const auto info = probe("image", *file, any_size);
  ASSERT_TRUE(info);
  EXPECT_EQ(info->width, 100);
  EXPECT_EQ(info->height, 1);
}

TEST_F(EncodeTest, rejects_arguments_out_of_range) {
  EXPECT_EQ(encode_jpeg(pattern(9, 9), 0).error().field, "max_side");
  EXPECT_EQ(encode_jpeg(pattern(9, 9), 10, 0).error().field, "quality");
  EXPECT_EQ(encode_jpeg(pattern(9, 9), 10, 101).error().field, "quality");
  EXPECT_EQ(encode_png(Image{}).error().code, ErrorCode::kInternal);
}

}  // namespace
}  // namespace fit::media
