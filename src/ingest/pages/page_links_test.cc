#include "ingest/pages/page_links.h"

#include <gtest/gtest.h>

#include "ingest/pages/sitemap.h"

namespace fit::ingest {
namespace {

bool is_match(std::string_view pattern, std::string_view url) {
  return LinkPattern::make("links", pattern).value().matches(url);
}

TEST(LinkPattern, MatchesPathsAndAddresses) {
  EXPECT_TRUE(is_match("/items/*", "https://a.example/items/12-coat"));
  EXPECT_FALSE(is_match("/items/*", "https://a.example/items/12/photos"));
  EXPECT_TRUE(is_match("/items/**", "https://a.example/items/12/photos?x=1"));
  EXPECT_TRUE(is_match("/*/p/*.html", "https://a.example/en/p/x.html"));
  EXPECT_FALSE(is_match("/*/p/*.html", "https://a.example/en/p/x.htm"));
  EXPECT_TRUE(is_match("https://a.example/**", "https://a.example/anything"));
  EXPECT_FALSE(is_match("https://a.example/**", "https://b.example/anything"));
  EXPECT_FALSE(is_match(std::string(200, '*') + "x", "https://a.example/" + std::string(2000, 'a')));
  EXPECT_FALSE(LinkPattern::make("links", " "));
  EXPECT_FALSE(LinkPattern::make("links", std::string(501, 'a')));
}

TEST(AbsoluteUrl, ResolvesReferences) {
  const std::string_view base = "https://a.example/shop/list?page=2#top";
  EXPECT_EQ(absolute_url(base, "item/1"), "https://a.example/shop/item/1");
  EXPECT_EQ(absolute_url(base, "../x/./y"), "https://a.example/x/y");
  EXPECT_EQ(absolute_url(base, "/x"), "https://a.example/x");
  EXPECT_EQ(absolute_url(base, "?page=3"), "https://a.example/shop/list?page=3");
  EXPECT_EQ(absolute_url(base, "//cdn.example/i.jpg"), "https://cdn.example/i.jpg");
  EXPECT_EQ(absolute_url(base, " HTTP://b.example/a b "), "HTTP://b.example/a%20b");
  EXPECT_EQ(absolute_url(base, "javascript:alert(1)"), "");
  EXPECT_EQ(absolute_url(base, "mailto:a@b.example"), "");
  EXPECT_EQ(url_host("https://user@WWW.A.example:8443/x"), "a.example:8443");
}

TEST(PageLinks, FindsLinksOfTheHostOnce) {
  const auto page =
      WebPage::parse({.url = "https://a.example/list",
                      .html = R"(<base href="/shop/"><a href="p/1#x">1</a><a href="p/1?utm_medium=m">1</a>
        <a href="https://b.example/p/2">2</a><a href="javascript:x">3</a><a rel="next" href="/list?page=2">next</a>)",
                      .content_type = {}});
  ASSERT_TRUE(page);
  EXPECT_EQ(page_links(*page),
            (std::vector<std::string>{"https://a.example/shop/p/1", "https://a.example/list?page=2"}));
  EXPECT_EQ(next_page(*page), "https://a.example/list?page=2");
}

TEST(Sitemap, ReadsXmlIndexesTextsAndFeeds) {
  const auto urls = parse_sitemap(
      as_bytes(R"(<?xml version="1.0"?><urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">
    <url><loc> https://a.example/p/1?a=1&amp;b=2 </loc><lastmod>2026-11-20</lastmod></url><url><loc>ftp://no</loc></url></urlset>)"));
  ASSERT_TRUE(urls) << urls.error().describe();
  ASSERT_EQ(urls->entries.size(), 1U);
  EXPECT_EQ(urls->entries[0].url, "https://a.example/p/1?a=1&b=2");
  EXPECT_TRUE(urls->entries[0].modified_at);
  const auto index = parse_sitemap(
      as_bytes("<sitemapindex><sitemap><loc>https://a.example/s.xml.gz</loc></sitemap></sitemapindex>"));
  EXPECT_TRUE(index.value().is_index);
  EXPECT_EQ(parse_sitemap(as_bytes("https://a.example/1\r\nhttps://a.example/2\n")).value().entries.size(),
            2U);
  const auto atom =
      parse_sitemap(as_bytes(R"(<feed><entry><link href="https://a.example/9"/></entry></feed>)"));
  EXPECT_EQ(atom.value().entries.at(0).url, "https://a.example/9");
}

TEST(Sitemap, RefusesDocumentTypesAndKeepsWhatCameBeforeDamage) {
  const auto bomb = parse_sitemap(as_bytes(
      R"(<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;">]><urlset><url><loc>https://a.example/&b;</loc></url></urlset>)"));
  EXPECT_EQ(bomb.error().code, ErrorCode::kMalformed);
  EXPECT_FALSE(parse_sitemap(as_bytes("<html><body>no</body></html>")));
  EXPECT_FALSE(parse_sitemap(as_bytes("hello")));
  const auto cut =
      parse_sitemap(as_bytes("<urlset><url><loc>https://a.example/1</loc></url><url><loc>https://a.ex"));
  ASSERT_TRUE(cut);
  EXPECT_TRUE(cut->is_cut);
  EXPECT_EQ(cut->entries.size(), 1U);
}

}  // namespace
}  // namespace fit::ingest
