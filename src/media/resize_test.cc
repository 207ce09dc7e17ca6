#include <gtest/gtest.h>

#include "base/files.h"
#include "media/test_images.h"

namespace fit::media {
namespace {

// Allowed difference to Pillow's result, in levels of 0 to 255: of any byte, and on average.
constexpr int kLargest = 1;
constexpr double kMean = 0.01;

Image reference(const std::string& name) {
  const auto path = std::filesystem::path(FIT_SOURCE_DIR) / "src/media/testdata" / (name + ".png");
  const auto file = read_file(path, 1 << 20);
  EXPECT_TRUE(file) << path;
  auto image = file ? decode("image", *file, 0) : Result<Image>();
  EXPECT_TRUE(image) << path;
  return image ? *image : Image{};
}

void expect_close(const Image& made, const std::string& name) {
  const Difference levels = difference(made, reference(name));
  EXPECT_LE(levels.largest, kLargest) << name;
  EXPECT_LE(levels.mean, kMean) << name;
}

class ResizeTest : public testing::Test {
 protected:
  void SetUp() override { ASSERT_TRUE(start_vips()); }
};

TEST_F(ResizeTest, crops_as_the_reference_preprocessing_does) {
  struct Case {
    std::string name;
    int width, height, size;
  };
  for (const auto& [name, width, height, size] : {Case{"crop_landscape", 601, 450, 224},
                                                  {"crop_portrait", 123, 200, 64},
                                                  {"crop_enlarged", 50, 37, 64},
                                                  {"crop_long", 900, 33, 48},
                                                  {"crop_same", 75, 48, 48}}) {
    const auto made = resize_short_side_and_crop(pattern(width, height), size);
    ASSERT_TRUE(made) << name;
    expect_close(*made, name);
  }
}

TEST_F(ResizeTest, resizes_as_pillow_does) {
  struct Case {
    std::string name;
    int width, height, new_width, new_height;
  };
  for (const auto& [name, width, height, new_width, new_height] : {Case{"size_smaller", 300, 200, 97, 41},
                                                                   {"size_larger", 40, 30, 111, 64},
                                                                   {"size_mixed", 40, 300, 77, 31}}) {
    const auto made = resize(pattern(width, height), new_width, new_height);
    ASSERT_TRUE(made) << name;
    expect_close(*made, name);
  }
}

TEST_F(ResizeTest, returns_an_image_of_the_requested_size_unchanged) {
  const Image image = pattern(31, 17);
  EXPECT_EQ(resize(image, 31, 17)->rgb, image.rgb);
}

TEST_F(ResizeTest, keeps_one_colour_exactly) {
  Image flat{53, 29, std::vector<std::uint8_t>(53 * 29 * 3, 201)};
  const std::vector<std::pair<int, int>> sizes = {{1, 1}, {7, 100}, {224, 224}};
  for (const auto& [width, height] : sizes) {
    const auto made = resize(flat, width, height);
    ASSERT_TRUE(made);
    EXPECT_EQ(made->rgb, std::vector<std::uint8_t>(static_cast<std::size_t>(width) * height * 3, 201));
  }
}

TEST_F(ResizeTest, rejects_sizes_out_of_range) {
  const Image image = pattern(20, 20);
  EXPECT_EQ(resize(image, 0, 5).error().field, "width");
  EXPECT_EQ(resize(image, 5, -1).error().field, "height");
  EXPECT_EQ(resize(image, 1 << 20, 1).error().code, ErrorCode::kInvalid);
  EXPECT_EQ(resize_short_side_and_crop(image, 0).error().code, ErrorCode::kInvalid);
  EXPECT_EQ(resize(Image{}, 5, 5).error().code, ErrorCode::kInternal);
  EXPECT_EQ(resize(Image{4, 4, {1, 2, 3}}, 5, 5).error().code, ErrorCode::kInternal);
}

// Enlarged as a whole, the image would have 2,240,000 columns.
TEST_F(ResizeTest, crops_a_thin_image_without_computing_the_rest) {
  const auto made = resize_short_side_and_crop(pattern(10000, 1), 224);
  ASSERT_TRUE(made);
  EXPECT_EQ(made->rgb.size(), 224u * 224 * 3);
}

}  // namespace
}  // namespace fit::media
