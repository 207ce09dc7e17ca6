#include "http/page_head.h"

#include <gtest/gtest.h>

#include "http/item_head.h"
#include "http/search_head.h"

namespace fit::http {
namespace {

constexpr std::string_view kPage =
    "<html><head>\n    <title>Shop</title>\n    <meta name=\"description\" content=\"A shop.\" />\n  "
    "</head><body></body></html>";

// Texts with which people try to leave the place where they stand.
const std::vector<std::string> kHostileTexts = {
    "</title><script>alert(1)</script>",
    "\"><img src=x onerror=alert(1)>",
    "' onmouseover='alert(1)",
    "</script><!-- <script>",
    "]]>&lt;&#60;",
    "\u202Eevil\u202C \u2066x\u2069\u200F",
    std::string("a\0b\x01\x1f\x7f", 6),
    "line\nline\r\n\u2028line\u2029",
    "\xff\xfe\xed\xa0\x80\xc0\xaf",
    std::string(10'000, 'x'),
    std::string(10'000, '<'),
    "$& $1 \\u003c {} {0}",
};

HeadSite site(const std::string& name = "Shop") {
  return {.name = name, .origin = "https://shop.example", .currency = "", .views = search::ResultViews("")};
}

domain::ItemRecord coat() {
  domain::ItemRecord item;
  item.id = ItemId{7};
  item.listing.source = "my-shop";
  item.listing.title = "Navy coat";
  item.listing.description = "<p>Warm &amp; long</p>";
  item.listing.brand = "COS";
  item.listing.price = 39.9;
  item.listing.currency = "EUR";
  item.listing.properties[*domain::property_index("condition")] = "good";
  domain::ImageRecord image;
  image.id = ImageId{9};
  image.location = "stored:x";
  image.format = "jpeg";
  image.width = 900;
  image.height = 1200;
  item.images = {image};
  return item;
}

std::string page_of(const domain::ItemRecord& item) {
  return page_with_head(kPage, item_head(item, site()), "Shop");
}

// What the JSON-LD of a page says.
Json data_of(const std::string& page) {
  constexpr std::string_view kBegin = "<script type=\"application/ld+json\">";
  const std::size_t begin = page.find(kBegin) + kBegin.size();
  return Json::parse(page.substr(begin, page.find("</script>", begin) - begin));
}

std::size_t count_of(std::string_view text, std::string_view part) {
  std::size_t count = 0;
  for (std::size_t at = text.find(part); at != std::string_view::npos; at = text.find(part, at + 1)) ++count;
  return count;
}

TEST(PageHead, TellsOfAnItem) {
  const std::string page = page_of(coat());
  for (const std::string_view part :
       {"<title>Navy coat – Shop</title>",
        "<meta name=\"description\" content=\"39.90 EUR · COS · good · Warm &amp; long\" />",
        "<link rel=\"canonical\" href=\"https://shop.example/items/7\" />",
        "<meta property=\"og:title\" content=\"Navy coat\" />",
        "<meta property=\"og:type\" content=\"product\" />",
        "<meta property=\"og:url\" content=\"https://shop.example/items/7\" />",
        "<meta property=\"og:site_name\" content=\"Shop\" />",
        "<meta property=\"og:image\" content=\"https://shop.example/images/9\" />",
        "<meta property=\"og:image:width\" content=\"900\" />",
        "<meta property=\"product:price:amount\" content=\"39.90\" />",
        "<meta property=\"product:price:currency\" content=\"EUR\" />",
        "<meta name=\"twitter:card\" content=\"summary_large_image\" />"}) {
    EXPECT_TRUE(page.contains(part)) << part << "\n" << page;
  }
  EXPECT_FALSE(page.contains("noindex"));
  const Json data = data_of(page);
  EXPECT_EQ(data["@type"], "Product");
  EXPECT_EQ(data["name"], "Navy coat");
  EXPECT_EQ(data["brand"]["name"], "COS");
  EXPECT_EQ(data["image"], Json::array({"https://shop.example/images/9"}));
  EXPECT_EQ(data["offers"]["price"], "39.90");
  EXPECT_EQ(data["offers"]["priceCurrency"], "EUR");
  EXPECT_EQ(data["offers"]["availability"], "https://schema.org/InStock");
  EXPECT_EQ(data["offers"]["itemCondition"], "https://schema.org/UsedCondition");
  EXPECT_EQ(data["offers"]["url"], "https://shop.example/items/7");
}

TEST(PageHead, SaysWhatIsKnownOnly) {
  domain::ItemRecord item;
  item.id = ItemId{8};
  item.listing.status = "removed";
  const std::string page = page_of(item);
  EXPECT_TRUE(page.contains("<title>Item 8 – Shop</title>"));
  EXPECT_TRUE(page.contains("content=\"noindex\""));
  EXPECT_TRUE(page.contains("content=\"summary\""));
  EXPECT_FALSE(page.contains("og:image"));
  EXPECT_FALSE(page.contains("price"));
  item.listing.properties[domain::kPrimaryColor] = "brown";
  item.listing.properties[domain::kCategory] = "shirts";
  EXPECT_EQ(head_name_of(item), "Brown shirts");
  item.listing.price = 5;
  EXPECT_FALSE(page_of(item).contains("priceCurrency")) << "nobody knows the currency";
  item.listing.url = "javascript:alert(1)";
  EXPECT_FALSE(page_of(item).contains("javascript"));
}

TEST(PageHead, PicturesAreThoseThatPreviewsRead) {
  domain::ItemRecord item = coat();
  item.images[0].format = "heic";
  EXPECT_EQ(head_image_of(item, site())->url, "https://shop.example/images/9/thumbnail");
  item.images[0].format = "png";
  item.images[0].location = "https://cdn.example/a.png";
  EXPECT_EQ(head_image_of(item, site())->url, "https://cdn.example/a.png");
  HeadSite of_tenant = site();
  of_tenant.views = of_tenant.views.of_tenant("vintage");
  EXPECT_EQ(head_image_of(coat(), of_tenant)->url, "https://shop.example/images/9?tenant=vintage");
}

TEST(PageHead, HostileTextsStayTexts) {
  for (const std::string& text : kHostileTexts) {
    domain::ItemRecord item = coat();
    for (std::string* const field : {&item.listing.title, &item.listing.description, &item.listing.brand,
                                     &item.listing.size, &item.listing.source, &item.listing.url}) {
      *field = text;
    }
    item.listing.currency = text.substr(0, 3);
    const std::string page = page_of(item);
    EXPECT_EQ(count_of(page, "<script"), 1U) << text.substr(0, 60);
    EXPECT_EQ(count_of(page, "</script"), 1U);
    EXPECT_EQ(count_of(page, "<title"), 1U);
    EXPECT_EQ(count_of(page, "</head>"), 1U);
    EXPECT_FALSE(page.contains("<img"));
    EXPECT_FALSE(page.contains("\u202E"));
    EXPECT_LT(page.size(), 30'000U);
    const Json data = data_of(page);
    EXPECT_EQ(data["@type"], "Product") << "the data can be read";
    const std::string search = page_with_head(kPage, search_head(text, {{"brand", {text, 7}}}), text);
    EXPECT_EQ(count_of(search, "<script"), 0U);
    EXPECT_EQ(count_of(search, "<meta"), count_of(search, "/>") - 1) << "besides the link";
  }
}

TEST(PageHead, TextsAreOneLineAndShort) {
  EXPECT_EQ(head_text("  a\n\tb \u00a0 c  ", 100), "a b c");
  EXPECT_EQ(head_text("Größe 大", 100), "Größe 大");
  EXPECT_EQ(head_text("abcdef", 6), "abcdef");
  EXPECT_EQ(head_text("abcdefg", 6), "abcde…");
  EXPECT_EQ(head_text("größer", 4), "grö…");
  EXPECT_EQ(head_text(std::string(1'000'000, 'x'), 5), "xxxx…");
  EXPECT_EQ(head_text("", 5), "");
}

TEST(SearchHead, HasTheWordsAndValuesOfAnAddress) {
  const PageHead head = start_head("q=navy+coat&brand=COS&brand=Arket&price=20-60-EUR&weak=1", site());
  EXPECT_EQ(head.title, "navy coat");
  EXPECT_EQ(head.description, "navy coat · COS · Arket · 20–60 EUR");
  EXPECT_EQ(head.url, "https://shop.example/?q=navy%20coat");
  EXPECT_FALSE(head.is_for_search_engines);
  EXPECT_EQ(start_head("category=dresses", site()).title, "dresses");
  EXPECT_EQ(start_head("price=-60", site()).title, "≤ 60");
  EXPECT_EQ(start_head("price=x-y&q=&photo=abc", site()).title, "");
}

TEST(SearchHead, TheStartPageIsForSearchEngines) {
  const PageHead head = start_head("", site());
  EXPECT_TRUE(head.is_for_search_engines);
  EXPECT_EQ(head.url, "https://shop.example/");
  const std::string page = page_with_head(kPage, head, "Shop");
  EXPECT_TRUE(page.contains("<title>Shop</title>"));
  EXPECT_TRUE(page.contains("<meta property=\"og:title\" content=\"Shop\" />"));
  EXPECT_TRUE(page.contains("content=\"A shop.\""));
}

TEST(SearchHead, ReadsTheFiltersOfQueries) {
  EXPECT_EQ(search_head("", {{"price_range", {{"min", nullptr}, {"max", 60}, {"currency", "EUR"}}}}).title,
            "≤ 60 EUR");
  EXPECT_EQ(search_head("", {{"price_range", {20, nullptr}}, {"brand", "COS"}}).title, "COS · ≥ 20");
  for (const Json& wrong :
       {Json(), Json(7), Json::array({1}), Json{{"brand", {{"not", 1}}}}, Json{{"price_range", "x"}}}) {
    EXPECT_EQ(search_head("", wrong).title, "") << wrong.dump();
  }
}

}  // namespace
}  // namespace fit::http
