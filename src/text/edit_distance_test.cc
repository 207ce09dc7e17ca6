#include "text/edit_distance.h"

#include <gtest/gtest.h>

#include <vector>

namespace fit::text {
namespace {

TEST(EditDistance, CountsEdits) {
  EXPECT_EQ(edit_distance("adidas", "adidas", 2), 0U);
  EXPECT_EQ(edit_distance("addidas", "adidas", 2), 1U);
  EXPECT_EQ(edit_distance("daidas", "adidas", 2), 1U) << "a swap is one mistake";
  EXPECT_EQ(edit_distance("jaket", "jacket", 2), 1U);
  EXPECT_EQ(edit_distance("kitten", "sitting", 3), 3U);
  EXPECT_EQ(edit_distance("stripped", "striped", 3), 1U);
  EXPECT_EQ(edit_distance("balck", "black", 3), 1U);
  EXPECT_EQ(edit_distance("", "abc", 3), 3U);
  EXPECT_EQ(edit_distance("abc", "xyz", 1), 2U) << "over the limit";
  EXPECT_EQ(edit_distance(std::string(100'000, 'x'), std::string(100'000, 'x'), 1), 2U) << "too long";
}

TEST(NearestName, FindsTheNearestKnownName) {
  const std::vector<std::string_view> known = {"primary_color", "secondary_color", "size", "style"};
  EXPECT_EQ(nearest_name("primary_colour", known), "primary_color");
  EXPECT_EQ(nearest_name("Sise", known), "size");
  EXPECT_EQ(nearest_name("elephant", known), std::nullopt);
  EXPECT_EQ(nearest_name("", known), std::nullopt);
}

}  // namespace
}  // namespace fit::text
