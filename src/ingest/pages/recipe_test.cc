#include "ingest/pages/recipe.h"

#include <gtest/gtest.h>

#include "base/files.h"
#include "ingest/pages/css_selector.h"

namespace fit::ingest {
namespace {

WebPage page_of(const std::string& file, std::string_view url) {
  const Bytes bytes =
      read_file(std::string(FIT_SOURCE_DIR) + "/src/ingest/pages/testdata/" + file, 1 << 20).value();
  return WebPage::parse({.url = url, .html = as_text(bytes), .content_type = {}}).value();
}

PageListing read_with(std::string_view recipe, const std::string& file, std::string_view url) {
  const auto read = Recipe::builtin(recipe);
  EXPECT_TRUE(read) << read.error().describe();
  EXPECT_TRUE(read->is_listing_url(url));
  ListingPage page = read->read(page_of(file, url));
  EXPECT_EQ(page.listings.size(), 1U);
  return page.listings.empty() ? PageListing{} : std::move(page.listings.front());
}

TEST(Recipe, ReadsADepopListing) {
  const PageListing one =
      read_with("depop", "depop.html", "https://www.depop.com/products/mara_closet-faded-denim-jacket-boxy/");
  const domain::Listing& listing = one.item.listing;
  EXPECT_EQ(listing.title, "Faded denim jacket, boxy");
  EXPECT_EQ(listing.price, 32);
  EXPECT_EQ(listing.currency, "GBP");
  EXPECT_EQ(listing.brand, "Levi's");
  EXPECT_EQ(listing.size, "M");
  EXPECT_EQ(listing.status, "active");
  EXPECT_EQ(listing.description, "Worn twice, no flaws.");
  EXPECT_EQ(one.item.images.size(), 2U);
}

TEST(Recipe, ReadsAVintedListingThatIsSold) {
  const PageListing one =
      read_with("vinted", "vinted.html", "https://www.vinted.de/items/5512345678-wollmantel");
  const domain::Listing& listing = one.item.listing;
  EXPECT_EQ(listing.title, "Wollmantel");
  EXPECT_EQ(listing.price, 45);
  EXPECT_EQ(listing.currency, "EUR");
  EXPECT_EQ(listing.brand, "COS");
  EXPECT_EQ(listing.size, "38 / M");
  EXPECT_EQ(listing.status, "sold");
  EXPECT_EQ(listing.external_id, "/items/5512345678-wollmantel");
  EXPECT_EQ(one.item.images.size(), 2U);
}

TEST(Recipe, ReadsAPoshmarkListing) {
  const PageListing one = read_with("poshmark", "poshmark.html",
                                    "https://poshmark.com/listing/Silk-midi-skirt-64f00000000000000000abcd");
  const domain::Listing& listing = one.item.listing;
  EXPECT_EQ(listing.title, "Silk midi skirt");
  EXPECT_EQ(listing.price, 58);
  EXPECT_EQ(listing.brand, "Vince");
  EXPECT_EQ(listing.size, "6");
}

TEST(Recipe, FollowsLists) {
  const Recipe recipe = Recipe::builtin("vinted").value();
  const WebPage list = page_of("vinted_list.html", "https://www.vinted.de/catalog?search_text=mantel&page=1");
  EXPECT_EQ(recipe.listing_links(list).size(), 2U);
  EXPECT_EQ(recipe.next_list_page(list, 1), "https://www.vinted.de/catalog?search_text=mantel&page=2");
  EXPECT_EQ(recipe.next_list_page(list, recipe.max_list_pages()), "");
  EXPECT_EQ(Recipe::builtin_names().size(), 3U);
  EXPECT_EQ(Recipe::builtin("other").error().code, ErrorCode::kNotFound);
}

TEST(Recipe, ReadsFieldsByCssAndXPath) {
  const auto recipe = Recipe::parse(R"toml(
name = "own"
listing_links = ["/p/*"]
markup = false
[fields]
title = "h1.name"
price = "//td[@class='v'][1]"
images = "#pics img::attr(src)"
reserved = ".hold"
)toml");
  ASSERT_TRUE(recipe) << recipe.error().describe();
  const auto page =
      WebPage::parse({.url = "https://a.example/p/1",
                      .html = "<h1 class='big name'>Cap</h1><table><tr><td class=v>9,50 €</td></tr></table>"
                              "<div id=pics><img src=/1.jpg></div><i class=hold>on hold</i>",
                      .content_type = {}});
  ASSERT_TRUE(page);
  const ListingPage read = recipe->read(*page);
  ASSERT_EQ(read.listings.size(), 1U);
  EXPECT_EQ(read.listings[0].item.listing.title, "Cap");
  EXPECT_EQ(read.listings[0].item.listing.price, 9.5);
  EXPECT_EQ(read.listings[0].item.listing.status, "reserved");
  EXPECT_EQ(read.listings[0].item.images.size(), 1U);
}

TEST(Recipe, NamesTheFieldAtFault) {
  const auto field_of = [](const std::string& toml) {
    const auto recipe = Recipe::parse(toml);
    return recipe ? "no error" : recipe.error().field;
  };
  const std::string start = "name = 'x'\nlisting_links = ['/p/*']\n";
  EXPECT_EQ(field_of("name = "), "recipe");
  EXPECT_EQ(field_of("name = 'x'"), "listing_links");
  EXPECT_EQ(field_of(start + "colour = 1"), "colour");
  EXPECT_EQ(field_of(start + "markup = false"), "fields");
  EXPECT_EQ(field_of(start + "[fields]\ntitle = 'h1['"), "fields.title");
  EXPECT_EQ(field_of(start + "[fields]\nprice = '//td['"), "fields.price");
  EXPECT_EQ(field_of(start + "[fields]\nother = 'h1'"), "fields.other");
  EXPECT_EQ(field_of(start + "[paging]\nmax_pages = 0"), "paging.max_pages");
  EXPECT_EQ(field_of(start), "no error");
}

TEST(CssSelector, BecomesXPath) {
  EXPECT_EQ(css_to_xpath("f", "div > a[href$='.html']::attr(href)").value(),
            ".//div/a[substring(@href, string-length(@href) - string-length('.html') + 1) = '.html']/@href");
  EXPECT_EQ(css_to_xpath("f", "h1, h2:nth-of-type(2)").value(), ".//h1 | .//h2[2]");
  for (const char* wrong : {"", ">", "a:hover", "a[b", "a..b", "a::before", "a >", "a,"}) {
    EXPECT_FALSE(css_to_xpath("f", wrong)) << wrong;
  }
}

}  // namespace
}  // namespace fit::ingest
