#include "base/text.h"

#include <gtest/gtest.h>

namespace fit {
namespace {

TEST(Text, LowersAsciiAndLeavesTheRest) {
  EXPECT_EQ(to_lower("Levi'S Ünïcode ÀB"), "levi's Ünïcode Àb");
}

TEST(Text, Trims) {
  EXPECT_EQ(trim(" \t a b\r\n"), "a b");
  EXPECT_EQ(trim("   "), "");
  EXPECT_EQ(trim(""), "");
}

TEST(Text, Utf8OfEveryLength) {
  for (const char* good : {"", "abc", "é", "€", "😀", "\xEF\xBF\xBF", "\xF4\x8F\xBF\xBF"})
    EXPECT_TRUE(is_utf8(good)) << good;
  for (const char* bad : {"\x80", "\xC0\xAF", "\xC3", "\xE2\x82", "\xED\xA0\x80", "\xF5\x80\x80\x80",
                          "\xF4\x90\x80\x80", "\xE0\x80\x80", "\xF0\x80\x80\x80", "a\xFFz"}) {
    EXPECT_FALSE(is_utf8(bad));
  }
}

TEST(Text, IsCutBetweenCharacters) {
  EXPECT_EQ(utf8_prefix("jacket", 10), "jacket");
  EXPECT_EQ(utf8_prefix("jacket", 3), "jac");
  EXPECT_EQ(utf8_prefix("é€", 4), "é");
  EXPECT_EQ(utf8_prefix("é€", 5), "é€");
  EXPECT_EQ(utf8_prefix("😀", 3), "");
}

TEST(Text, GroupsDigits) {
  EXPECT_EQ(with_thousands(0), "0");
  EXPECT_EQ(with_thousands(999), "999");
  EXPECT_EQ(with_thousands(1000), "1,000");
  EXPECT_EQ(with_thousands(-1234567), "-1,234,567");
}

}  // namespace
}  // namespace fit
