#include "style/outfits/colour_harmony.h"

#include <gtest/gtest.h>

#include <string>

#include "domain/properties.h"
#include "ontology/ontology.h"

namespace fit::style {
namespace {

ColourRelation relation(std::string_view one, std::string_view other) {
  return colour_relation(reference_colour(one).value(), reference_colour(other).value());
}

TEST(ColourHarmony, ConvertsToOklch) {
  const Oklch white = to_oklch(0xffffff);
  EXPECT_NEAR(white.lightness, 1, 1e-4);
  EXPECT_NEAR(white.chroma, 0, 1e-4);
  EXPECT_NEAR(to_oklch(0x000000).lightness, 0, 1e-9);
  const Oklch red = to_oklch(0xff0000);
  EXPECT_NEAR(red.lightness, 0.628, 1e-3);
  EXPECT_NEAR(red.chroma, 0.2577, 1e-3);
  EXPECT_NEAR(red.hue, 29.23, 0.05);
}

TEST(ColourHarmony, KnowsEveryColourOfTheOntology) {
  const auto ontology = ontology::Ontology::load().value();
  for (const std::string& value : ontology.values(domain::kPrimaryColor)) {
    EXPECT_EQ(reference_colour(value).has_value(), value != "multi") << value;
  }
  EXPECT_FALSE(reference_colour(""));
  EXPECT_FALSE(reference_colour("Red"));
}

TEST(ColourHarmony, NeutralsGoWithEverything) {
  for (const std::string_view neutral : {"black", "white", "gray", "beige", "navy", "brown", "khaki"}) {
    for (const std::string_view other : {"red", "green", "yellow", "purple", "black"}) {
      EXPECT_EQ(relation(neutral, other), ColourRelation::kNeutral) << neutral << " and " << other;
    }
  }
}

TEST(ColourHarmony, ComparesHuesAndLightness) {
  EXPECT_EQ(relation("red", "burgundy"), ColourRelation::kAnalogous);
  EXPECT_EQ(relation("yellow", "mustard"), ColourRelation::kAnalogous);
  EXPECT_EQ(relation("blue", "mustard"), ColourRelation::kComplementary);
  EXPECT_EQ(relation("magenta", "green"), ColourRelation::kComplementary);
  EXPECT_EQ(relation("burgundy", "yellow"), ColourRelation::kContrast);
  EXPECT_EQ(relation("red", "green"), ColourRelation::kNone);
  EXPECT_EQ(relation("purple", "red"), relation("red", "purple"));
  EXPECT_TRUE(is_harmony(ColourRelation::kContrast));
  EXPECT_FALSE(is_harmony(ColourRelation::kNone));
}

// Hues are a circle: 352 and 8 degrees are 16 apart.
TEST(ColourHarmony, HuesAreACircle) {
  EXPECT_EQ(colour_relation({.lightness = 0.5, .chroma = 0.2, .hue = 352},
                            {.lightness = 0.5, .chroma = 0.2, .hue = 8}),
            ColourRelation::kAnalogous);
}

}  // namespace
}  // namespace fit::style
