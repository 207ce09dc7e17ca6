#include "embed/palette.h"

#include <gtest/gtest.h>

#include <cmath>
#include <numeric>

#include "embed/palette_parts.h"

namespace fit::embed {
namespace {

using Layout = PaletteLayout;
using Rgb = std::array<std::uint8_t, 3>;

constexpr Rgb kWhite = {250, 250, 250}, kRed = {190, 30, 40}, kBlue = {30, 50, 170};

void fill(media::Image& image, int left, int top, int right, int bottom, const Rgb& colour) {
  for (int y = top; y < bottom; ++y) {
    for (int x = left; x < right; ++x) {
      std::copy(colour.begin(), colour.end(),
                &image.rgb[(static_cast<std::size_t>(y) * image.width + x) * 3]);
    }
  }
}

media::Image plain(int width, int height, const Rgb& colour) {
  media::Image image{width, height, std::vector<std::uint8_t>(static_cast<std::size_t>(width) * height * 3)};
  fill(image, 0, 0, width, height, colour);
  return image;
}

// A tall and a wide rectangle in the middle.
media::Image tall(const Rgb& colour, const Rgb& background = kWhite) {
  media::Image image = plain(160, 200, background);
  fill(image, 60, 20, 100, 180, colour);
  return image;
}
media::Image wide(const Rgb& colour) {
  media::Image image = plain(160, 200, kWhite);
  fill(image, 15, 80, 145, 120, colour);
  return image;
}

Vector embed(const media::Image& image) {
  auto vectors = make_palette_embedder()->embed_images(std::span(&image, 1));
  EXPECT_TRUE(vectors) << vectors.error().describe();
  return vectors ? vectors->front() : Vector(Layout::kDimensions);
}

double palette_dot(const Vector& a, const Vector& b, int begin = 0, int size = Layout::kDimensions) {
  return std::inner_product(a.begin() + begin, a.begin() + begin + size, b.begin() + begin, 0.0);
}

double colour_similarity(const Vector& a, const Vector& b) {
  return palette_dot(a, b, Layout::kColourBegin, Layout::kColourSize) / Layout::kColourShare;
}
double shape_similarity(const Vector& a, const Vector& b) {
  return palette_dot(a, b, Layout::kShapeBegin, Layout::kShapeSize) / Layout::kShapeShare;
}

TEST(PaletteTest, describes_its_space) {
  const auto embedder = make_palette_embedder();
  EXPECT_EQ(embedder->space().name, "palette");
  EXPECT_EQ(embedder->space().dimensions, 512);
  EXPECT_FALSE(embedder->space().has_text);
  EXPECT_EQ(embedder->image_short_side(), 128);
  const std::string text = "red dress";
  EXPECT_EQ(embedder->embed_texts(std::span(&text, 1)).error().code, ErrorCode::kInvalid);
}

TEST(PaletteTest, vectors_have_length_one_and_fixed_shares) {
  const Vector vector = embed(tall(kRed));
  ASSERT_EQ(vector.size(), 512u);
  EXPECT_NEAR(palette_dot(vector, vector), 1.0, 1e-5);
  EXPECT_NEAR(colour_similarity(vector, vector), 1.0, 1e-4);
  EXPECT_NEAR(shape_similarity(vector, vector), 1.0, 1e-4);
  for (const float value : vector) EXPECT_GE(value, 0.0f);
}

TEST(PaletteTest, works_on_any_image) {
  for (const media::Image& image :
       {plain(1, 1, kRed), plain(1000, 2, kBlue), plain(64, 64, {0, 0, 0}), plain(300, 400, kWhite)}) {
    const Vector vector = embed(image);
    EXPECT_NEAR(palette_dot(vector, vector), 1.0, 1e-5);
  }
  const media::Image empty;
  EXPECT_FALSE(make_palette_embedder()->embed_images(std::span(&empty, 1)));
}

TEST(PaletteTest, colour_part_describes_the_garment_and_not_the_background) {
  const Vector red = embed(tall(kRed));
  EXPECT_GT(colour_similarity(red, embed(wide(kRed))), 0.9);
  EXPECT_GT(colour_similarity(red, embed(tall(kRed, {40, 60, 40}))), 0.8);
  EXPECT_LT(colour_similarity(red, embed(tall(kBlue))), 0.3);
}

TEST(PaletteTest, shape_part_describes_the_outline_and_not_the_colour) {
  const Vector red = embed(tall(kRed));
  EXPECT_GT(shape_similarity(red, embed(tall(kBlue))), 0.9);
  EXPECT_LT(shape_similarity(red, embed(wide(kRed))), 0.7);
}

TEST(PaletteTest, same_shape_and_colour_are_nearest) {
  const Vector query = embed(tall(kRed));
  const Vector near_red = embed(tall({200, 40, 50}));
  EXPECT_GT(palette_dot(query, near_red), palette_dot(query, embed(tall(kBlue))));
  EXPECT_GT(palette_dot(query, near_red), palette_dot(query, embed(wide(kRed))));
}

TEST(PaletteTest, prepared_and_larger_images_give_the_same_vector) {
  const auto embedder = make_palette_embedder();
  const media::Image image = tall(kBlue);
  const auto prepared = embedder->prepare(image);
  ASSERT_TRUE(prepared);
  EXPECT_EQ(embed(image), embed(*prepared));
}

TEST(PaletteTest, preserves_order_and_is_deterministic_across_threads) {
  const auto embedder = make_palette_embedder();
  const std::vector<media::Image> images = {tall(kRed), wide(kBlue), tall(kBlue)};
  const auto expected = embedder->embed_images(images);
  ASSERT_TRUE(expected);
  EXPECT_EQ(expected->at(1), embed(images[1]));
  std::atomic<int> equal = 0;
  std::vector<std::jthread> threads;
  for (int i = 0; i < 4; ++i) {
    threads.emplace_back([&] {
      for (int n = 0; n < 5; ++n) equal += *embedder->embed_images(images) == *expected;
    });
  }
  threads.clear();
  EXPECT_EQ(equal, 20);
}

TEST(PaletteTest, converts_to_lab) {
  media::Image image = plain(kPaletteSide, kPaletteSide, {255, 0, 0});
  const auto lab = std::make_unique<LabImage>();
  to_lab(image, *lab);
  EXPECT_NEAR(lab->lightness[0], 53.24, 0.1);  // sRGB red under D65
  EXPECT_NEAR(lab->a[0], 80.09, 0.1);
  EXPECT_NEAR(lab->b[0], 67.20, 0.1);
}

}  // namespace
}  // namespace fit::embed
