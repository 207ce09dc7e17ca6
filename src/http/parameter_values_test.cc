#include "http/parameter_values.h"

#include <gtest/gtest.h>

namespace fit::http {
namespace {

TEST(ParameterValues, ALimitIsAWholeNumberInItsRange) {
  EXPECT_EQ(parse_limit("1", 100).value(), 1U);
  EXPECT_EQ(parse_limit("100", 100).value(), 100U);
  for (const char* const text :
       {"0", "101", "-1", "+1", "", " 1", "1 ", "1.0", "0x1", "many", "99999999999999999999"}) {
    const auto limit = parse_limit(text, 100);
    ASSERT_FALSE(limit) << text;
    EXPECT_EQ(limit.error().field, "limit");
    EXPECT_EQ(limit.error().message, "must be between 1 and 100");
  }
}

TEST(ParameterValues, AFlagIsTrueOrFalse) {
  EXPECT_TRUE(parse_flag("all", "true").value());
  EXPECT_FALSE(parse_flag("all", "false").value());
  for (const char* const text : {"", "True", "1", "yes", "true "}) {
    const auto flag = parse_flag("all", text);
    ASSERT_FALSE(flag) << text;
    EXPECT_EQ(flag.error().field, "all");
  }
}

}  // namespace
}  // namespace fit::http
