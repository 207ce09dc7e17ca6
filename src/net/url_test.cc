#include "net/url.h"

#include <gtest/gtest.h>

namespace fit::net {
namespace {

std::string resolved(std::string_view base, std::string_view reference) {
  const auto from = parse_url(base);
  if (!from) return "no base";
  const auto url = resolve_url(*from, reference);
  return url ? url->text() : "none";
}

TEST(Url, HasItsParts) {
  const auto url = parse_url("HTTPS://User:secret@Shop.Example:8443/a b/../c?x=ü#top");
  ASSERT_TRUE(url);
  EXPECT_EQ(url->origin(), "https://shop.example:8443");
  EXPECT_EQ(url->authority(), "shop.example:8443");
  EXPECT_EQ(url->target(), "/c?x=%c3%bc");
  EXPECT_EQ(parse_url("http://shop.example:80")->text(), "http://shop.example/");
  EXPECT_EQ(parse_url("https://shop.example:80")->port, "80");
}

TEST(Url, RefusesWhatIsNoWebAddress) {
  for (const char* text : {"", "shop.example", "mailto:a@b.c", "ftp://host/x", "http://", "/path", "://x",
                           "javascript://alert(1)", "file:///etc/passwd"}) {
    EXPECT_FALSE(parse_url(text)) << text;
  }
  EXPECT_FALSE(parse_url("http://host/" + std::string(9000, 'a')));
  EXPECT_FALSE(parse_url(std::string_view("http://a\0b/", 11)));
}

TEST(Url, ResolvesLinks) {
  constexpr auto kBase = "https://shop.example/shop/women/?page=1";
  EXPECT_EQ(resolved(kBase, "coat"), "https://shop.example/shop/women/coat");
  EXPECT_EQ(resolved(kBase, "../men/"), "https://shop.example/shop/men/");
  EXPECT_EQ(resolved(kBase, "/coat?size=s#photos"), "https://shop.example/coat?size=s");
  EXPECT_EQ(resolved(kBase, "?page=2"), "https://shop.example/shop/women/?page=2");
  EXPECT_EQ(resolved(kBase, "//cdn.example/a.jpg"), "https://cdn.example/a.jpg");
  EXPECT_EQ(resolved(kBase, "http://other.example/b"), "http://other.example/b");
  EXPECT_EQ(resolved(kBase, "  /coat\n"), "https://shop.example/coat");
  EXPECT_EQ(resolved(kBase, "mailto:a@b.c"), "none");
  EXPECT_EQ(resolved(kBase, "javascript:void(0)"), "none");
}

}  // namespace
}  // namespace fit::net
