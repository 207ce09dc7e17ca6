#include "ingest/sources/robots.h"

#include <gtest/gtest.h>

#include <random>

namespace fit::ingest {
namespace {

constexpr std::string_view kToken = "FindThisFit";

bool robots_allow(std::string_view text, std::string_view target) {
  return Robots::parse(text, kToken).allows(target);
}

TEST(Robots, LongestRuleCountsAndAllowWinsTies) {
  constexpr std::string_view kText =
      "User-agent: *\nDisallow: /shop\nAllow: /shop/coats\nDisallow: /shop/coats/private\n"
      "Allow: /tie\nDisallow: /tie\nDisallow: /tie2\nAllow: /tie2\n";
  EXPECT_TRUE(robots_allow(kText, "/"));
  EXPECT_FALSE(robots_allow(kText, "/shop/shoes"));
  EXPECT_TRUE(robots_allow(kText, "/shop/coats/1"));
  EXPECT_FALSE(robots_allow(kText, "/shop/coats/private/1"));
  EXPECT_TRUE(robots_allow(kText, "/tie"));
  EXPECT_TRUE(robots_allow(kText, "/tie2/x"));
  EXPECT_TRUE(robots_allow("User-agent: *\nDisallow: /\n", "/robots.txt"));
}

TEST(Robots, OwnGroupsReplaceThoseOfAll) {
  constexpr std::string_view kText =
      "User-agent: *\nDisallow: /\n\nUser-Agent: findthisfit/2.0\nUser-agent: other\nDisallow: /a\n\n"
      "user-agent: FindThisFit\nDisallow: /b\n";
  EXPECT_TRUE(robots_allow(kText, "/shop"));
  EXPECT_FALSE(robots_allow(kText, "/a"));
  EXPECT_FALSE(robots_allow(kText, "/b"));
  // A longer name is another program.
  EXPECT_TRUE(robots_allow("User-agent: FindThisFitBot\nDisallow: /\n", "/x"));
  EXPECT_FALSE(robots_allow("User-agent: a\nUser-agent: *\nDisallow: /x\n", "/x"));
}

TEST(Robots, PatternsHaveStarsEndsAndEscapes) {
  EXPECT_FALSE(robots_allow("User-agent: *\nDisallow: /*.php$\n", "/a/b.php"));
  EXPECT_TRUE(robots_allow("User-agent: *\nDisallow: /*.php$\n", "/a/b.php?x=1"));
  EXPECT_FALSE(robots_allow("User-agent: *\nDisallow: /*?*sort=\n", "/coats?a=1&sort=price"));
  EXPECT_FALSE(robots_allow("User-agent: *\nDisallow: /caf\xC3\xA9\n", "/caf%c3%a9/menu"));
  EXPECT_FALSE(robots_allow("User-agent: *\nDisallow: /%7Ejoe\n", "/~joe"));
  EXPECT_TRUE(robots_allow("User-agent: *\nDisallow: /a%2Fb\n", "/a/b"));
  EXPECT_FALSE(robots_allow("User-agent: *\nDisallow: *\n", "/anything"));
  EXPECT_TRUE(robots_allow("User-agent: *\nDisallow: /a*b*c$\n", "/abcd"));
  EXPECT_FALSE(robots_allow("User-agent: *\nDisallow: /a*b*c$\n", "/a-b-c-b-c"));
}

TEST(Robots, DelaysAndSitemapsAreRead) {
  const Robots robots = Robots::parse(
      "\xEF\xBB\xBFSitemap: https://a.example/s.xml # all\r\nUser-agent: *\r\nCrawl-delay: "
      "2.5\r\nDisallow:\r\n",
      kToken);
  EXPECT_TRUE(robots.allows("/x"));
  EXPECT_EQ(robots.crawl_delay(), std::chrono::milliseconds(2500));
  EXPECT_EQ(robots.sitemaps(), std::vector<std::string>{"https://a.example/s.xml"});
  EXPECT_FALSE(Robots::parse("User-agent: *\nCrawl-delay: soon\n", kToken).crawl_delay());
  EXPECT_EQ(Robots::parse("User-agent: *\nCrawl-delay: 1e300\n", kToken).crawl_delay(),
            std::chrono::hours(24));
}

TEST(Robots, AnyBytesAreAFile) {
  EXPECT_TRUE(robots_allow("", "/x"));
  EXPECT_TRUE(robots_allow("<html><body>User agent: none</body></html>", "/x"));
  EXPECT_FALSE(robots_allow("User-agent:*\rDisallow:/x\r", "/x"));
  // A rule before any group belongs to nobody, and what follows 500 KiB is not read.
  EXPECT_TRUE(robots_allow("Disallow: /x\n", "/x"));
  EXPECT_TRUE(robots_allow(std::string(Robots::kMaxBytes, '\n') + "User-agent: *\nDisallow: /\n", "/x"));
  std::mt19937 random(7);
  constexpr std::string_view kPieces = "User-agent:* \nAlowDis/%$#\r\xEF\xBB\xBF";
  for (int round = 0; round < 300; ++round) {
    std::string text;
    for (int i = 0; i < 200; ++i) text += kPieces[random() % kPieces.size()];
    (void)robots_allow("User-agent: *\nDisallow: " + text, "/" + text);
  }
  EXPECT_FALSE(Robots::unreachable().allows("/x"));
  EXPECT_TRUE(Robots::allow_all().allows("/x"));
}

}  // namespace
}  // namespace fit::ingest
