#include "media/recolour.h"

#include <gtest/gtest.h>

#include <cmath>

#include "media/oklab.h"

namespace fit::media {
namespace {

constexpr int kSide = 96;

// A square garment, 16 pixels from each border, and what is around it.
struct Drawing {
  Image image{.width = kSide, .height = kSide, .rgb = std::vector<std::uint8_t>(kSide * kSide * 3)};
  std::vector<std::uint8_t> alpha = std::vector<std::uint8_t>(kSide * kSide);

  static bool is_garment(int x, int y) { return x >= 16 && x < 80 && y >= 16 && y < 80; }
  // A print in the middle of the garment.
  static bool is_print(int x, int y) { return x >= 40 && x < 56 && y >= 40 && y < 56; }
  static std::size_t at(int x, int y) { return static_cast<std::size_t>(y) * kSide + x; }

  void set(int x, int y, std::uint32_t srgb) {
    const std::size_t i = at(x, y) * 3;
    image.rgb[i] = static_cast<std::uint8_t>(srgb >> 16);
    image.rgb[i + 1] = static_cast<std::uint8_t>(srgb >> 8);
    image.rgb[i + 2] = static_cast<std::uint8_t>(srgb);
  }
};

Oklab colour_at(const Image& image, int x, int y) {
  const std::uint8_t* const pixel = &image.rgb[Drawing::at(x, y) * 3];
  return to_oklab(pixel[0], pixel[1], pixel[2]);
}

double hue(const Oklab& colour) {
  return std::atan2(colour.b, colour.a);
}

double chroma(const Oklab& colour) {
  return std::hypot(colour.a, colour.b);
}

// A garment of a colour under light that rises from left to right, with a print, on a ground.
Drawing drawing(std::uint32_t garment, std::uint32_t ground, std::optional<std::uint32_t> print = {}) {
  Drawing drawn;
  const Oklab colour = to_oklab(garment);
  for (int y = 0; y < kSide; ++y) {
    for (int x = 0; x < kSide; ++x) {
      if (!Drawing::is_garment(x, y)) {
        drawn.set(x, y, ground + static_cast<std::uint32_t>((x * 5 + y * 3) % 4));
        continue;
      }
      drawn.alpha[Drawing::at(x, y)] = 255;
      const double light = 0.75 + 0.35 * (x - 16) / 63.0;
      drawn.set(x, y, to_srgb({colour.lightness * light, colour.a * light, colour.b * light}));
      if (print && Drawing::is_print(x, y)) drawn.set(x, y, *print);
    }
  }
  return drawn;
}

void expect_dyed(const Drawing& drawn, const Image& dyed, std::uint32_t to) {
  const Oklab target = to_oklab(to);
  for (int y = 20; y < 76; y += 5) {
    double before = -1;
    double after = -1;
    for (int x = 20; x < 76; ++x) {
      if (Drawing::is_print(x, y) || Drawing::is_print(x - 2, y) || Drawing::is_print(x + 2, y)) continue;
      const Oklab colour = colour_at(dyed, x, y);
      if (chroma(target) > 0.05) {
        EXPECT_NEAR(std::remainder(hue(colour) - hue(target), 6.2831853), 0, 0.12) << x << " " << y;
        EXPECT_GT(chroma(colour), 0.4 * chroma(target)) << x << " " << y;
      } else {
        EXPECT_LT(chroma(colour), 0.04) << x << " " << y;
      }
      const double old = colour_at(drawn.image, x, y).lightness;
      if (old > before + 0.012) {
        EXPECT_GE(colour.lightness, after - 0.003) << "light is in order at " << x << " " << y;
        before = old;
        after = colour.lightness;
      }
    }
    EXPECT_GT(after, colour_at(dyed, 20, y).lightness + 0.03) << "the light is seen in the new colour";
  }
  EXPECT_NEAR(colour_at(dyed, 48, 22).lightness, target.lightness, 0.12);
}

void expect_same_background(const Drawing& drawn, const Image& dyed) {
  for (std::size_t i = 0; i < drawn.alpha.size(); ++i) {
    if (drawn.alpha[i] != 0) continue;
    for (std::size_t c = 0; c < 3; ++c) ASSERT_EQ(dyed.rgb[i * 3 + c], drawn.image.rgb[i * 3 + c]) << i;
  }
}

TEST(Recolour, TheGarmentChangesAndItsLightStays) {
  struct Case {
    std::uint32_t from;
    std::uint32_t to;
  };
  for (const auto& [from, to] : {Case{0x2f62b3, 0xc4232c}, Case{0xc4232c, 0x2f8a55}, Case{0x808080, 0xe67a2e},
                                 Case{0x1f2a4a, 0xf0cf3e}, Case{0xf0cf3e, 0x1f2a4a}, Case{0xc4232c, 0x1a1a1a},
                                 Case{0x2f8a55, 0xe0e0e0}}) {
    const Drawing drawn = drawing(from, 0xd9c7a8);
    const auto dyed = recolour(drawn.image, drawn.alpha, {.to = to});
    ASSERT_TRUE(dyed) << std::hex << from << " " << to << " " << dyed.error().describe();
    SCOPED_TRACE(std::to_string(from) + " to " + std::to_string(to));
    expect_dyed(drawn, *dyed, to);
    expect_same_background(drawn, *dyed);
  }
}

TEST(Recolour, APrintKeepsItsColour) {
  for (const std::uint32_t print : {0xf0cf3eU, 0xf4f4f4U, 0x2f8a55U}) {
    const Drawing drawn = drawing(0x1f2a6a, 0xd9c7a8, print);
    const auto dyed = recolour(drawn.image, drawn.alpha, {.to = 0xc4232c});
    ASSERT_TRUE(dyed) << dyed.error().describe();
    expect_dyed(drawn, *dyed, 0xc4232c);
    for (int y = 42; y < 54; ++y) {
      for (int x = 42; x < 54; ++x) {
        for (std::size_t c = 0; c < 3; ++c) {
          EXPECT_EQ(dyed->rgb[Drawing::at(x, y) * 3 + c], drawn.image.rgb[Drawing::at(x, y) * 3 + c])
              << x << " " << y;
        }
      }
    }
  }
}

TEST(Recolour, StrengthMixesBothColours) {
  const Drawing drawn = drawing(0x2f62b3, 0xd9c7a8);
  const Image none = recolour(drawn.image, drawn.alpha, {.to = 0xc4232c, .strength = 0}).value();
  EXPECT_EQ(none.rgb, drawn.image.rgb);
  const Oklab old = colour_at(drawn.image, 48, 48);
  const Oklab full = colour_at(recolour(drawn.image, drawn.alpha, {.to = 0xc4232c}).value(), 48, 48);
  const Oklab half =
      colour_at(recolour(drawn.image, drawn.alpha, {.to = 0xc4232c, .strength = 0.5}).value(), 48, 48);
  EXPECT_NEAR(half.a, (old.a + full.a) / 2, 0.01);
  EXPECT_NEAR(half.b, (old.b + full.b) / 2, 0.01);
}

TEST(Recolour, AGarmentInTheColourOfItsGroundIsRefused) {
  const Drawing drawn = drawing(0xd9c7a8, 0xd0bea0);
  const auto dyed = recolour(drawn.image, drawn.alpha, {.to = 0xc4232c});
  ASSERT_FALSE(dyed);
  EXPECT_EQ(dyed.error().code, ErrorCode::kConflict);
  EXPECT_EQ(dyed.error().message, "the garment has the colour of its background");
}

TEST(Recolour, AGarmentOfManyColoursIsRefused) {
  constexpr std::uint32_t kColours[] = {0xc4232c, 0x2f8a55, 0x2f62b3, 0xf0cf3e,
                                        0x1a1a1a, 0xffffff, 0xc2257f, 0xe67a2e};
  Drawing drawn = drawing(0x808080, 0xd9c7a8);
  for (int y = 16; y < 80; ++y) {
    for (int x = 16; x < 80; ++x) drawn.set(x, y, kColours[(x / 8 + y / 8 * 3) % 8]);
  }
  const auto dyed = recolour(drawn.image, drawn.alpha, {.to = 0xc4232c});
  ASSERT_FALSE(dyed);
  EXPECT_EQ(dyed.error().code, ErrorCode::kConflict);
}

TEST(Recolour, AMaskOfAnotherSizeOrWithoutAGarmentIsRefused) {
  Drawing drawn = drawing(0x2f62b3, 0xd9c7a8);
  EXPECT_EQ(recolour(drawn.image, std::vector<std::uint8_t>(drawn.alpha.size()), {}).error().code,
            ErrorCode::kConflict);
  drawn.alpha.pop_back();
  EXPECT_EQ(recolour(drawn.image, drawn.alpha, {}).error().code, ErrorCode::kInternal);
}

}  // namespace
}  // namespace fit::media
