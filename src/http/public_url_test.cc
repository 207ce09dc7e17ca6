#include "http/public_url.h"

#include <gtest/gtest.h>

namespace fit::http {
namespace {

TEST(PublicUrl, HasItsOriginHostAndPort) {
  const auto parsed = [](std::string_view url) { return PublicUrl::parse("PUBLIC_URL", url).value(); };
  const PublicUrl plain = parsed("https://fit.example");
  EXPECT_EQ(plain.origin, "https://fit.example");
  EXPECT_EQ(plain.host, "fit.example");
  EXPECT_EQ(plain.port, 443);
  EXPECT_TRUE(plain.is_https);
  const PublicUrl other = parsed("HTTP://Fit.Example:8000/");
  EXPECT_EQ(other.origin, "http://fit.example:8000");
  EXPECT_EQ(other.host, "fit.example");
  EXPECT_EQ(other.port, 8000);
  EXPECT_FALSE(other.is_https);
  EXPECT_EQ(parsed("https://fit.example:443").origin, "https://fit.example");
  EXPECT_EQ(parsed("http://fit.example:80").origin, "http://fit.example");
  EXPECT_EQ(parsed("https://fit.example:80").origin, "https://fit.example:80");
  EXPECT_EQ(parsed("http://10.0.0.5:8000").host, "10.0.0.5");
  EXPECT_EQ(parsed("https://[2001:db8::1]:8443").host, "[2001:db8::1]");
  EXPECT_EQ(parsed("https://xn--bcher-kva.example").host, "xn--bcher-kva.example");
}

TEST(PublicUrl, OtherTextsAreRefused) {
  const std::string long_name(300, 'a');
  for (const std::string& url : {std::string(),
                                 std::string("fit.example"),
                                 std::string("https://"),
                                 std::string("https:///"),
                                 std::string("ftp://fit.example"),
                                 std::string("https://fit.example/shop"),
                                 std::string("https://fit.example//"),
                                 std::string("https://fit.example?x"),
                                 std::string("https://fit.example#x"),
                                 std::string("https://user@fit.example"),
                                 std::string("https://fit.example:"),
                                 std::string("https://fit.example:0"),
                                 std::string("https://fit.example:65536"),
                                 std::string("https://fit.example:80a"),
                                 std::string("https://fit.example:-1"),
                                 std::string("https://fit example"),
                                 std::string("https://bücher.example"),
                                 std::string("https://fit..example"),
                                 std::string("https://.example"),
                                 std::string("https://*.example"),
                                 std::string("https://[::1"),
                                 std::string("https://[fit]"),
                                 std::string("https://[10.0.0.1]"),
                                 std::string("https://2001:db8::1"),
                                 std::string("https://fit.example\0x", 21),
                                 "https://" + long_name}) {
    const auto parsed = PublicUrl::parse("PUBLIC_URL", url);
    ASSERT_FALSE(parsed) << url;
    EXPECT_EQ(parsed.error().code, ErrorCode::kInvalid);
    EXPECT_EQ(parsed.error().field, "PUBLIC_URL");
  }
}

}  // namespace
}  // namespace fit::http
