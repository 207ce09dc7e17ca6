#include <gtest/gtest.h>

#include "base/files.h"
#include "media/test_images.h"

namespace fit::media {
namespace {

using Rgb = std::array<int, 3>;

class DecodeTest : public testing::Test {
 protected:
  void SetUp() override { ASSERT_TRUE(start_vips()); }
};

Image decoded(const Bytes& file, int short_side = 0) {
  auto image = decode("image", file, short_side);
  EXPECT_TRUE(image) << image.error().describe();
  return image ? *std::move(image) : Image{};
}

void expect_near(const Rgb& a, const Rgb& b, int levels) {
  for (int c = 0; c < 3; ++c) EXPECT_NEAR(a[c], b[c], levels) << "channel " << c;
}

// Expects the colours of quarters(), within `levels`.
void expect_quarters(const Image& image, int levels) {
  const int x = image.width / 4, y = image.height / 4;
  expect_near(pixel(image, x, y), {255, 0, 0}, levels);
  expect_near(pixel(image, 3 * x, y), {0, 255, 0}, levels);
  expect_near(pixel(image, x, 3 * y), {0, 0, 255}, levels);
  expect_near(pixel(image, 3 * x, 3 * y), {255, 255, 255}, levels);
}

TEST_F(DecodeTest, reads_every_format) {
  struct Case {
    std::string suffix;
    Format format;
    int levels;
  };
  for (const auto& [suffix, format, levels] : {Case{".jpg[Q=95]", Format::kJpeg, 6},
                                               {".png", Format::kPng, 0},
                                               {".webp[Q=95]", Format::kWebp, 10},
                                               {".gif", Format::kGif, 6},
                                               {".avif", Format::kAvif, 10},
                                               {".heic", Format::kHeic, 10}}) {
    const Bytes file = save(quarters(96, 64), suffix);
    const auto info = probe("image", file);
    ASSERT_TRUE(info) << suffix << info.error().describe();
    EXPECT_EQ(info->format, format);
    EXPECT_EQ(info->width, 96);
    EXPECT_EQ(info->height, 64);
    EXPECT_EQ(info->frames, 1);
    const Image image = decoded(file);
    EXPECT_EQ(image.width, 96);
    EXPECT_EQ(image.height, 64);
    expect_quarters(image, levels);
  }
}

TEST_F(DecodeTest, turns_images_upright) {
  // The upper corners of the upright image for each EXIF orientation of the same stored pixels.
  struct Case {
    int orientation;
    Rgb top_left, top_right;
  };
  const Rgb red{255, 0, 0}, green{0, 255, 0}, blue{0, 0, 255}, white{255, 255, 255};
  for (const auto& [orientation, top_left, top_right] : {Case{1, red, green},
                                                         {2, green, red},
                                                         {3, white, blue},
                                                         {4, blue, white},
                                                         {5, red, blue},
                                                         {6, blue, red},
                                                         {7, white, green},
                                                         {8, green, white},
                                                         {9, red, green}}) {
    for (const std::string suffix : {".jpg[Q=95]", ".png", ".webp[Q=95]"}) {
      const Bytes file = save(quarters(96, 64), suffix, [&](VipsImage* image) {
        vips_image_set_int(image, VIPS_META_ORIENTATION, orientation);
        return image;
      });
      const Image image = decoded(file);
      const bool turned = orientation >= 5 && orientation <= 8;
      EXPECT_EQ(image.width, turned ? 64 : 96) << suffix << orientation;
      EXPECT_EQ(probe("image", file)->width, image.width);
      expect_near(pixel(image, image.width / 4, image.height / 4), top_left, 10);
      expect_near(pixel(image, image.width * 3 / 4, image.height / 4), top_right, 10);
    }
  }
}

TEST_F(DecodeTest, reduces_jpeg_and_webp_but_never_below_the_short_side) {
  const std::vector<std::pair<int, int>> sizes = {
      {640, 480}, {481, 1023}, {100, 300}, {224, 224}, {449, 449}};
  for (const std::string suffix : {".jpg", ".webp"}) {
    for (const auto& [width, height] : sizes) {
      const Bytes file = save(pattern(width, height), suffix);
      for (int wanted : {1, 64, 112, 224, 225, 5000}) {
        const Image image = decoded(file, wanted);
        const int own = std::min(width, height);
        const int got = std::min(image.width, image.height);
        EXPECT_GE(got, std::min(wanted, own)) << suffix << width << "x" << height << " for " << wanted;
        EXPECT_LE(got, std::max(own / 8 + 1, std::min(own, 2 * wanted + 1)));
        EXPECT_NEAR(static_cast<double>(image.width) / image.height, static_cast<double>(width) / height,
                    0.05);
      }
    }
  }
}

TEST_F(DecodeTest, a_reduced_jpeg_matches_the_full_image_resized) {
  const Bytes file = save(*resize(pattern(200, 160), 800, 640), ".jpg[Q=95]");
  const auto whole = resize_short_side_and_crop(decoded(file), 64);
  const auto reduced = resize_short_side_and_crop(decoded(file, 64), 64);
  EXPECT_LE(difference(*whole, *reduced).mean, 4);
}

TEST_F(DecodeTest, leaves_png_at_full_size) {
  EXPECT_EQ(decoded(save(pattern(300, 200), ".png"), 50).width, 150) << "at least twice what is wanted";
  EXPECT_EQ(decoded(save(pattern(300, 200), ".png"), 51).width, 300);
}

TEST_F(DecodeTest, blends_transparency_with_white) {
  const Change half_transparent = [](VipsImage* image) {
    VipsImage* out = nullptr;
    vips_bandjoin_const1(image, &out, 128.0, nullptr);
    return out;
  };
  for (const std::string suffix : {".png", ".webp[lossless]"}) {
    const Image image = decoded(save(quarters(40, 40), suffix, half_transparent));
    expect_near(pixel(image, 10, 10), {255, 127, 127}, 1);
    expect_near(pixel(image, 30, 30), {255, 255, 255}, 1);
  }
}

TEST_F(DecodeTest, reads_sixteen_bits) {
  const Change sixteen_bits = [](VipsImage* image) {
    VipsImage* out = nullptr;
    vips_colourspace(image, &out, VIPS_INTERPRETATION_RGB16, nullptr);
    return out;
  };
  const Image image = pattern(50, 40);
  EXPECT_LE(difference(decoded(save(image, ".png", sixteen_bits)), image).largest, 1);
}

TEST_F(DecodeTest, reads_ten_bit_avif) {
  const Change sixteen_bits = [](VipsImage* image) {
    VipsImage* out = nullptr;
    vips_colourspace(image, &out, VIPS_INTERPRETATION_RGB16, nullptr);
    return out;
  };
  expect_quarters(decoded(save(quarters(96, 64), ".avif[bitdepth=10]", sixteen_bits)), 10);
}

TEST_F(DecodeTest, reads_grey_with_and_without_alpha) {
  const auto grey = [](bool alpha) {
    return [alpha](VipsImage* image) {
      VipsImage* out = nullptr;
      vips_colourspace(image, &out, VIPS_INTERPRETATION_B_W, nullptr);
      if (!alpha) return out;
      VipsImage* both = nullptr;
      vips_bandjoin_const1(out, &both, 0.0, nullptr);
      g_object_unref(out);
      return both;
    };
  };
  const Rgb shade = pixel(decoded(save(quarters(40, 40), ".jpg", grey(false))), 10, 10);
  EXPECT_EQ(shade[0], shade[1]);
  EXPECT_EQ(shade[0], shade[2]);
  EXPECT_GT(shade[0], 40);
  EXPECT_LT(shade[0], 160);
  EXPECT_EQ(pixel(decoded(save(quarters(40, 40), ".png", grey(true))), 10, 10), (Rgb{255, 255, 255}));
}

TEST_F(DecodeTest, reads_palettes) {
  for (const std::string suffix : {".png[palette]", ".png[palette,bitdepth=2]"}) {
    expect_quarters(decoded(save(quarters(40, 40), suffix)), 8);
  }
}

TEST_F(DecodeTest, applies_colour_profiles) {
  const auto in_profile = [](const char* profile) {
    return [profile](VipsImage* image) {
      VipsImage* out = nullptr;
      vips_icc_transform(image, &out, profile, "input_profile", "srgb", nullptr);
      return out;
    };
  };
  Image teal{40, 40, {}};
  for (int i = 0; i < 1600; ++i) teal.rgb.insert(teal.rgb.end(), {40, 120, 130});
  expect_near(pixel(decoded(save(teal, ".png", in_profile("p3"))), 5, 5), {40, 120, 130}, 2);
  expect_near(pixel(decoded(save(teal, ".jpg[Q=98]", in_profile("p3"))), 5, 5), {40, 120, 130}, 4);
  expect_near(pixel(decoded(save(teal, ".jpg[Q=98]", in_profile("cmyk"))), 5, 5), {40, 120, 130}, 12);
}

TEST_F(DecodeTest, reads_cmyk_without_a_profile) {
  const Change cmyk = [](VipsImage* image) {
    VipsImage* out = nullptr;
    vips_colourspace(image, &out, VIPS_INTERPRETATION_CMYK, nullptr);
    vips_image_remove(out, VIPS_META_ICC_NAME);
    return out;
  };
  Image teal{40, 40, {}};
  for (int i = 0; i < 1600; ++i) teal.rgb.insert(teal.rgb.end(), {40, 120, 130});
  expect_near(pixel(decoded(save(teal, ".jpg[Q=98,keep=none]", cmyk)), 5, 5), {40, 120, 130}, 20);
}

TEST_F(DecodeTest, ignores_an_invalid_profile) {
  const Bytes file = save(quarters(40, 40), ".png", [](VipsImage* image) {
    static const char kRubbish[] = "not a profile at all, but long enough to be taken for one at first sight";
    vips_image_set_blob_copy(image, VIPS_META_ICC_NAME, kRubbish, sizeof kRubbish);
    return image;
  });
  expect_quarters(decoded(file), 0);
}

TEST_F(DecodeTest, takes_the_first_frame_of_an_animation) {
  for (const std::string suffix : {".gif", ".webp[Q=95]"}) {
    const Bytes file = save_animation(quarters(96, 64), 5, suffix);
    const auto info = probe("image", file);
    ASSERT_TRUE(info) << info.error().describe();
    EXPECT_EQ(info->frames, 5);
    EXPECT_EQ(info->height, 64);
    const Image image = decoded(file);
    EXPECT_EQ(image.height, 64);
    expect_quarters(image, 10);
  }
}

TEST_F(DecodeTest, threads_decode_concurrently) {
  const Bytes file = save(pattern(640, 480), ".jpg");
  const Image expected = decoded(file, 200);
  std::vector<std::jthread> threads;
  std::atomic<int> equal = 0;
  for (int i = 0; i < 8; ++i) {
    threads.emplace_back([&] {
      for (int n = 0; n < 5; ++n) equal += decoded(file, 200).rgb == expected.rgb;
    });
  }
  threads.clear();
  EXPECT_EQ(equal, 40);
}

TEST_F(DecodeTest, reads_photos) {
  const auto folder =
      std::filesystem::path(FIT_SOURCE_DIR).parent_path() / "shared/data/photos/validation/hat";
  if (!std::filesystem::exists(folder)) GTEST_SKIP() << folder << " is not there";
  for (const auto& entry : std::filesystem::directory_iterator(folder)) {
    const auto image = decode("image", *read_file(entry.path(), 1 << 24), 224);
    ASSERT_TRUE(image) << entry.path() << image.error().describe();
    EXPECT_GE(std::min(image->width, image->height), 200);
  }
}

}  // namespace
}  // namespace fit::media
