#include "base/ids.h"

#include <gtest/gtest.h>

namespace fit {
namespace {

TEST(Ids, ReadsPositiveDecimalNumbersOnly) {
  EXPECT_EQ(parse_id("item_id", "42").value(), 42);
  EXPECT_EQ(parse_id("item_id", "9223372036854775807").value(), 9223372036854775807);
  for (const char* text : {"", "0", "-1", "+1", " 1", "1 ", "1.0", "0x1", "9223372036854775808", "abc"}) {
    const auto id = parse_id("item_id", text);
    ASSERT_FALSE(id) << text;
    EXPECT_EQ(id.error().field, "item_id");
  }
}

TEST(Ids, OfDifferentKindsDoNotMix) {
  static_assert(!std::is_convertible_v<ItemId, ImageId>);
  EXPECT_LT(ItemId{1}, ItemId{2});
  EXPECT_EQ(ItemId{7}.str(), "7");
}

}  // namespace
}  // namespace fit
