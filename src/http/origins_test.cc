#include "http/origins.h"

#include <gtest/gtest.h>

namespace fit::http {
namespace {

AllowedHosts hosts(std::string_view list) {
  return AllowedHosts::parse("ALLOWED_HOSTS", list).value();
}

TEST(AllowedOrigins, ReadsOriginsAsBrowsersWriteThem) {
  const auto allowed =
      AllowedOrigins::parse(
          "S", "https://shop.example, http://localhost:5173,http://[::1]:3000,capacitor://localhost")
          .value();
  EXPECT_FALSE(allowed.is_empty());
  EXPECT_FALSE(allowed.allows_all());
  for (const char* origin :
       {"https://shop.example", "http://localhost:5173", "http://[::1]:3000", "capacitor://localhost"})
    EXPECT_TRUE(allowed.allows(origin)) << origin;
  for (const char* origin : {"", "null", "http://shop.example", "https://shop.example:8443",
                             "https://shop.example.evil", "https://xshop.example", "http://localhost"})
    EXPECT_FALSE(allowed.allows(origin)) << origin;
  EXPECT_TRUE(AllowedOrigins::parse("S", "*").value().allows("https://any.example"));
  EXPECT_TRUE(AllowedOrigins::parse("S", " , ").value().is_empty());
}

TEST(AllowedOrigins, RefusesWhatIsNoOrigin) {
  for (const char* text : {"shop.example", "https://", "https://shop.example/", "https://shop.example/path",
                           "https://Shop.example", "https://shop.example:443", "http://shop.example:80",
                           "https://shop.example:", "https://shop.example:x", "https://*.shop.example",
                           "https://a b", "null", "https://user@shop.example", "://x",
                           "https://a.example; https://b.example", "https://a.example\r\nX: y"}) {
    const auto parsed = AllowedOrigins::parse("ALLOWED_ORIGINS", text);
    ASSERT_FALSE(parsed) << text;
    EXPECT_EQ(parsed.error().field, "ALLOWED_ORIGINS");
  }
}

TEST(AllowedHosts, AllowsNamesThatNoPageElsewhereCanHave) {
  const AllowedHosts none = hosts("");
  for (const char* host : {"", "localhost", "LOCALHOST:8000", "fit.localhost:1", "127.0.0.1:8000",
                           "192.168.1.7", "[::1]:8000", "[2001:db8::1]", "fit", "fit:8000"})
    EXPECT_TRUE(none.allows(host)) << host;
  for (const char* host :
       {"evil.example", "evil.example:8000", "127.0.0.1.evil.example", "localhost.evil.example", "1.2.3.4.5",
        "1.2.3.x", "xlocalhost.example", "evil.example."})
    EXPECT_FALSE(none.allows(host)) << host;
}

TEST(AllowedHosts, AllowsListedNames) {
  AllowedHosts allowed = hosts("Fit.example, *.shop.example");
  allowed.add("cdn.example");
  for (const char* host : {"fit.example", "FIT.EXAMPLE:8000", "fit.example.", "a.shop.example",
                           "a.b.shop.example", "cdn.example"})
    EXPECT_TRUE(allowed.allows(host)) << host;
  for (const char* host : {"x.fit.example", "shop.example", "evilshop.example", "evil.example"})
    EXPECT_FALSE(allowed.allows(host)) << host;
  EXPECT_TRUE(hosts("*").allows("evil.example"));
  for (const char* text : {"fit.example:8000", "http://fit.example", "fit.example/x", "*.", "a b"})
    EXPECT_FALSE(AllowedHosts::parse("S", text)) << text;
}

TEST(Urls, HostsAreTakenApart) {
  EXPECT_EQ(host_of_url("http://shop.example:8000/x"), "shop.example:8000");
  EXPECT_EQ(host_of_url("https://shop.example?x"), "shop.example");
  EXPECT_EQ(host_of_url("null"), "");
  EXPECT_EQ(without_port("[::1]:80"), "[::1]");
  EXPECT_EQ(without_port("[::1]"), "[::1]");
  EXPECT_EQ(without_port("a.example:80"), "a.example");
  EXPECT_EQ(without_port("a.example"), "a.example");
}

}  // namespace
}  // namespace fit::http
