#include "http/etag.h"

#include <gtest/gtest.h>

namespace fit::http {
namespace {

TEST(Etag, IsAQuotedTextThatDependsOnTheContent) {
  const std::string tag = etag_of("a");
  EXPECT_EQ(tag.size(), 18U);
  EXPECT_EQ(tag.front(), '"');
  EXPECT_EQ(tag.back(), '"');
  EXPECT_EQ(tag, etag_of("a"));
  EXPECT_NE(tag, etag_of("b"));
}

TEST(Etag, IsFoundInLists) {
  for (const std::string_view header : {"\"x\"", "\"a\", \"x\"", "\"a\" ,\t\"x\",\"b\"", "*", ", ,\"x\""}) {
    EXPECT_TRUE(match_names(header, "\"x\"")) << header;
    EXPECT_TRUE(none_match_names(header, "\"x\"")) << header;
  }
}

TEST(Etag, OnlyIfNoneMatchComparesWeakly) {
  EXPECT_TRUE(none_match_names("\"a\", W/\"x\"", "\"x\""));
  EXPECT_FALSE(match_names("\"a\", W/\"x\"", "\"x\""));
}

TEST(Etag, MatchesNoPartsAndNoBrokenLists) {
  for (const std::string_view header :
       {"", "x", "\"xy\"", "\"x", "x\"", "\"a\" x \"x\"", "w/\"x\"", "W/", "**"}) {
    EXPECT_FALSE(match_names(header, "\"x\"")) << header;
    EXPECT_FALSE(none_match_names(header, "\"x\"")) << header;
  }
}

}  // namespace
}  // namespace fit::http
