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

}  // namespace
}  // namespace fit::domain
