#include "media/oklab.h"

#include <gtest/gtest.h>

#include <cmath>

namespace fit::media {
namespace {

// The values of the definition's own implementation.
TEST(Oklab, KnownColours) {
  const Oklab white = to_oklab(0xffffffU);
  EXPECT_NEAR(white.lightness, 1, 1e-4);
  EXPECT_NEAR(std::hypot(white.a, white.b), 0, 1e-4);
  const Oklab red = to_oklab(0xff0000U);
  EXPECT_NEAR(red.lightness, 0.62796, 1e-4);
  EXPECT_NEAR(red.a, 0.22486, 1e-4);
  EXPECT_NEAR(red.b, 0.12585, 1e-4);
  EXPECT_EQ(to_oklab(0U).lightness, 0);
}

TEST(Oklab, ComesBack) {
  for (std::uint32_t srgb = 0; srgb <= 0xffffffU; srgb += 0x010307U) {
    EXPECT_EQ(to_srgb(to_oklab(srgb)), srgb) << std::hex << srgb;
  }
}

TEST(Oklab, AColourOutsideOfSrgbKeepsHueAndLightness) {
  const Oklab vivid{.lightness = 0.6, .a = 0.4, .b = 0.2};
  const Oklab shown = to_oklab(to_srgb(vivid));
  EXPECT_NEAR(shown.lightness, vivid.lightness, 0.01);
  EXPECT_NEAR(std::atan2(shown.b, shown.a), std::atan2(vivid.b, vivid.a), 0.02);
  EXPECT_LT(std::hypot(shown.a, shown.b), std::hypot(vivid.a, vivid.b));
  EXPECT_EQ(to_srgb({.lightness = 2, .a = 0, .b = 0}), 0xffffffU);
  EXPECT_EQ(to_srgb({.lightness = -1, .a = 0, .b = 0}), 0U);
}

}  // namespace
}  // namespace fit::media
