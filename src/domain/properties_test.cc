#include "domain/properties.h"

#include <gtest/gtest.h>

namespace fit::domain {
namespace {

TEST(Properties, AreFoundByName) {
  EXPECT_EQ(property_index("category"), 0U);
  EXPECT_EQ(property_index("condition"), 15U);
  EXPECT_EQ(property_index("colour"), std::nullopt);
  EXPECT_EQ(property_index(""), std::nullopt);
}

TEST(Properties, ConstantsAreTheirIndexes) {
  EXPECT_EQ(property_index("category"), kCategory);
  EXPECT_EQ(property_index("subcategory"), kSubcategory);
  EXPECT_EQ(property_index("primary_color"), kPrimaryColor);
  EXPECT_EQ(property_index("secondary_color"), kSecondaryColor);
  EXPECT_EQ(property_index("pattern"), kPattern);
  EXPECT_EQ(property_index("material"), kMaterial);
  EXPECT_EQ(property_index("season"), kSeason);
  EXPECT_EQ(property_index("gender"), kGender);
}

}  // namespace
}  // namespace fit::domain
