#include "ingest/pages/listing_page.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <random>

namespace fit::ingest {
namespace {

constexpr std::string_view kPageUrl = "https://shop.example/p/linen-dress-40012345.html?utm_source=mail";

ListingPage read_page(std::string_view html, std::string_view url = kPageUrl) {
  auto page = read_listing_page({.url = url, .html = html, .content_type = {}});
  EXPECT_TRUE(page) << page.error().describe();
  return page ? *std::move(page) : ListingPage{};
}

// The one listing of a page with this head and body.
PageListing read_one(const std::string& head, const std::string& body) {
  ListingPage page = read_page("<html><head>" + head + "</head><body>" + body + "</body></html>");
  EXPECT_EQ(page.listings.size(), 1U);
  return page.listings.empty() ? PageListing{} : std::move(page.listings.front());
}

std::string origin_of(const PageListing& listing, std::string_view field) {
  const auto found = std::ranges::find(listing.origins, field, &FieldOrigin::field);
  return found == listing.origins.end() ? "none" : std::string(to_string(found->origin));
}

std::string json_ld(std::string_view json) {
  return "<script type=\"application/ld+json\">" + std::string(json) + "</script>";
}

TEST(ListingPage, ReadsJsonLdWithTheOriginOfEachField) {
  const PageListing one = read_one(json_ld(R"({"@context":"https://schema.org","@graph":[
        {"@type":"Organization","name":"Shop"},
        {"@type":"Product","name":"Linen dress","sku":"LD-77","gtin13":"4006381333931","brand":{"@type":"Brand","name":"Marel"},
         "image":["/i/1.jpg",{"@type":"ImageObject","contentUrl":"https://cdn.example/2.jpg"}],"color":"green",
         "offers":{"@id":"#offer"}},
        {"@id":"#offer","@type":"Offer","price":59.9,"priceCurrency":"EUR","availability":"https://schema.org/InStock"}]})"),
                                   "<h1>Linen dress</h1>");
  const domain::Listing& listing = one.item.listing;
  EXPECT_EQ(listing.title, "Linen dress");
  EXPECT_EQ(listing.brand, "Marel");
  EXPECT_EQ(listing.price, 59.9);
  EXPECT_EQ(listing.currency, "EUR");
  EXPECT_EQ(listing.status, "active");
  EXPECT_TRUE(one.has_status);
  EXPECT_EQ(listing.external_id, "/p/linen-dress-40012345.html");
  EXPECT_EQ(listing.url, "https://shop.example/p/linen-dress-40012345.html");
  EXPECT_EQ(one.sku, "LD-77");
  EXPECT_EQ(one.gtin, "4006381333931");
  ASSERT_EQ(one.item.images.size(), 2U);
  EXPECT_EQ(one.item.images[0].location, "https://shop.example/i/1.jpg");
  EXPECT_EQ(origin_of(one, "price"), "json_ld");
  EXPECT_EQ(origin_of(one, "url"), "address");
}

TEST(ListingPage, JoinsVariantsAtTheLowestPriceThatCanBeBought) {
  const PageListing one = read_one(json_ld(R"({"@type":"ProductGroup","name":"Linen dress","hasVariant":[
        {"@type":"Product","size":"S","offers":{"@type":"Offer","price":"40","priceCurrency":"EUR","availability":"OutOfStock"}},
        {"@type":"Product","size":"M","offers":{"@type":"Offer","price":"55","priceCurrency":"EUR","availability":"InStock"}},
        {"@type":"Product","size":"L","offers":{"@type":"Offer","price":"60","priceCurrency":"EUR","availability":"InStock"}}]})"),
                                   "<h1>Linen dress</h1>");
  EXPECT_EQ(one.item.listing.price, 55);
  EXPECT_EQ(one.item.listing.size, "S, M, L");
  EXPECT_EQ(one.item.listing.status, "active");
}

TEST(ListingPage, RepairsJsonLd) {
  const std::string_view offers = R"("offers":{"@type":"Offer","price":"12.50","priceCurrency":"GBP"}})";
  const std::vector<std::string> damaged = {
      "{\"@type\":\"Product\",\"name\":\"Two\nlines\"," + std::string(offers),
      R"({"@type":"Product","name":"A","tags":["x","y",],)" + std::string(offers) + ",",
      R"({"@type":"Organization"}{"@type":"Product","name":"A",)" + std::string(offers),
      R"(/*<![CDATA[*/ {"@type":"Product","name":"A 12" wide",)" + std::string(offers) + "/*]]>*/",
      R"({"@type":"Product","name":"A",)" + std::string(offers).substr(0, offers.size() - 2),
      R"({&quot;@type&quot;:&quot;Product&quot;,&quot;name&quot;:&quot;A&quot;,&quot;offers&quot;:{&quot;price&quot;:12.5,&quot;priceCurrency&quot;:&quot;GBP&quot;}})",
  };
  for (const std::string& json : damaged) {
    const PageListing one = read_one(json_ld(json), "");
    EXPECT_EQ(one.item.listing.price, 12.5) << json;
    EXPECT_EQ(one.item.listing.currency, "GBP") << json;
  }
}

TEST(ListingPage, ReadsMicrodataRdfaMetaAndState) {
  const PageListing micro =
      read_one("", R"(<div itemscope itemtype="https://schema.org/Product"><h1 itemprop="name">Boots</h1>
        <span itemprop="sku">B-1002</span><div itemprop="offers" itemscope itemtype="https://schema.org/Offer">
        <span itemprop="price">71,91 € 79,90 €</span><link itemprop="availability" href="https://schema.org/SoldOut"></div></div>)");
  EXPECT_EQ(micro.item.listing.price, 71.91);
  EXPECT_EQ(micro.item.listing.currency, "EUR");
  EXPECT_EQ(micro.item.listing.status, "sold");
  EXPECT_EQ(micro.sku, "B-1002");
  EXPECT_EQ(origin_of(micro, "price"), "microdata");

  const PageListing rdfa =
      read_one("", R"(<div vocab="https://schema.org/" typeof="Product"><h1 property="name">Boots</h1>
        <div property="offers" typeof="Offer"><span property="price" content="80.00">80</span>
        <meta property="priceCurrency" content="CHF"></div></div>)");
  EXPECT_EQ(rdfa.item.listing.price, 80);
  EXPECT_EQ(rdfa.item.listing.currency, "CHF");
  EXPECT_EQ(origin_of(rdfa, "price"), "rdfa");

  const PageListing meta = read_one(
      R"(<meta property="og:title" content="Boots &amp; laces"><meta property="og:image" content="/b.jpg">
         <meta property="product:price:amount" content="64.00"><meta property="product:price:currency" content="SEK">)",
      "");
  EXPECT_EQ(meta.item.listing.title, "Boots & laces");
  EXPECT_EQ(meta.item.listing.price, 64);
  EXPECT_EQ(meta.item.listing.currency, "SEK");
  EXPECT_EQ(origin_of(meta, "price"), "meta");

  const PageListing next = read_one(
      R"(<script id="__NEXT_DATA__" type="application/json">{"props":{"product":{"id":7,"title":"Boots",
         "price":{"amount":"33.00","currencyCode":"EUR"},"sold":true,"photos":[{"url":"https://cdn.example/1.jpg"}]}}}</script>)",
      "<h1>Boots</h1>");
  EXPECT_EQ(next.item.listing.price, 33);
  EXPECT_EQ(next.item.listing.currency, "EUR");
  EXPECT_EQ(next.item.listing.status, "sold");
  EXPECT_EQ(origin_of(next, "price"), "state");

  const PageListing assigned = read_one(
      "<script>window.__STATE__ = {cart: [], product: {name: 'Boots', sku: 'BT-9', price: 21.5, currency: "
      "'USD',}};</script>",
      "<h1>Boots</h1>");
  EXPECT_EQ(assigned.item.listing.price, 21.5);
  EXPECT_EQ(assigned.sku, "BT-9");
}

TEST(ListingPage, ReadsWhatAPageShowsAsALastResort) {
  const PageListing one = read_one("", R"(<nav><span class="price">$1.00</span></nav><main><h1>Felt hat</h1>
      <del class="old-price">$40.00</del> <span class="price current">$29.00</span>
      <p>Product code: <b>FH-2210</b></p><p>Sold out</p></main>
      <div class="related"><h2>Also</h2><span class="price">$12.00</span></div>)");
  EXPECT_EQ(one.item.listing.title, "Felt hat");
  EXPECT_EQ(one.item.listing.price, 29);
  EXPECT_EQ(one.item.listing.currency, "USD");
  EXPECT_EQ(one.item.listing.status, "sold");
  EXPECT_EQ(one.sku, "FH-2210");
  EXPECT_EQ(origin_of(one, "price"), "visible");
}

TEST(ListingPage, TakesAPriceOfZeroForNone) {
  const PageListing one =
      read_one(json_ld(R"({"@type":"Product","name":"Coat","offers":{"price":"0","priceCurrency":"EUR"}})"),
               "<h1>Coat</h1><span class=price>€12.00</span>");
  EXPECT_FALSE(one.item.listing.price);
}

TEST(ListingPage, ListsTheProductsOfAList) {
  const ListingPage page = read_page(json_ld(R"({"@type":"ItemList","itemListElement":[
        {"@type":"ListItem","item":{"@type":"Product","name":"Red cap","url":"/p/red-cap","offers":{"price":9,"priceCurrency":"EUR"}}},
        {"@type":"ListItem","item":{"@type":"Product","name":"Blue cap","url":"/p/blue-cap","offers":{"price":8,"priceCurrency":"EUR"}}},
        {"@type":"ListItem","item":{"@type":"Product","name":"Blue cap","url":"/p/blue-cap"}}]})"),
                                     "https://shop.example/caps");
  EXPECT_TRUE(page.is_list);
  ASSERT_EQ(page.listings.size(), 2U);
  EXPECT_EQ(page.listings[0].item.listing.external_id, "/p/red-cap");
  EXPECT_EQ(page.listings[1].item.listing.price, 8);
}

TEST(ListingPage, FindsNoListingInOtherPages) {
  EXPECT_TRUE(read_page("<html><body><h1>About us</h1><p>We sell coats since 1999.</p></body></html>")
                  .listings.empty());
}

TEST(ListingPage, DecodesTheEncodingOfTheHeader) {
  const std::string html = "<h1>M\xE4ntel f\xFCr K\xF6nige</h1><span class=price>20 EUR</span>";
  const auto page =
      read_listing_page({.url = kPageUrl, .html = html, .content_type = "text/html; charset=ISO-8859-1"});
  ASSERT_TRUE(page);
  ASSERT_EQ(page->listings.size(), 1U);
  EXPECT_EQ(page->listings[0].item.listing.title, "Mäntel für Könige");
}

TEST(ListingPage, RefusesWhatIsNoPage) {
  EXPECT_EQ(read_listing_page({.url = "ftp://x/", .html = "<p>", .content_type = {}}).error().field, "url");
  EXPECT_EQ(read_listing_page({.url = kPageUrl, .html = "", .content_type = {}}).error().field, "html");
  const std::string large(kMaxPageBytes + 1, ' ');
  EXPECT_EQ(read_listing_page({.url = kPageUrl, .html = large, .content_type = {}}).error().code,
            ErrorCode::kTooLarge);
}

TEST(ListingPage, BoundsHostilePages) {
  std::string nested;
  for (int i = 0; i < 50'000; ++i) nested += "<div itemscope itemprop=a>";
  std::string attributes = "<p ";
  for (int i = 0; i < 100'000; ++i) attributes += "a" + std::to_string(i) + " ";
  std::string scripts = json_ld(std::string(100'000, '['));
  scripts += "<script>x={" + std::string(100'000, '{') + "</script>";
  const std::string entity =
      "<!DOCTYPE x [<!ENTITY a \"aaaaaaaaaa\"><!ENTITY b SYSTEM \"file:///etc/passwd\">]><h1>&a;&b;</h1>";
  // Copies of copies, tags that do not end, values that name themselves, and a script that ends after "!".
  std::string names;
  for (int i = 0; i < 12; ++i) names += "<div itemscope itemprop=\"a b c d e f g h i j\">";
  std::string unfinished;
  for (int i = 0; i < 100'000; ++i) unfinished += "<a";
  std::string flat = "<script type=\"application/json\" id=\"__NUXT_DATA__\">[[0";
  for (int i = 0; i < 1000; ++i) flat += ",0";
  flat += "]]</script>";
  const std::string cut = "<script>x=[\"a text that is long enough to count as a state\",1,!</script><p>";
  for (const std::string& html :
       {nested, attributes + ">", scripts + "<p>", entity, names, unfinished, flat, cut}) {
    const auto page = read_listing_page({.url = kPageUrl, .html = html, .content_type = {}});
    if (page) {
      for (const PageListing& one : page->listings) EXPECT_FALSE(one.item.listing.title.contains("root:"));
    }
  }
}

TEST(ListingPage, ReadsDamagedPages) {
  const std::string html =
      "<html><head>" +
      json_ld(R"({"@type":"Product","name":"Coat","offers":[{"price":"9","priceCurrency":"EUR"}]})") +
      "<script>window.a={b:[1,2,{title:'x',price:3,c:\"d\"}]}</script></head><body itemscope "
      "itemtype=Product><h1 itemprop=name>Coat</h1><b itemprop=price>9 €</b></body></html>";
  std::mt19937 random(7);
  for (int round = 0; round < 300; ++round) {
    std::string damaged = html;
    for (int i = 0; i < 8; ++i) damaged[random() % damaged.size()] = static_cast<char>(random());
    damaged.resize(damaged.size() - random() % 200);
    (void)read_listing_page({.url = kPageUrl, .html = damaged, .content_type = {}});
  }
}

TEST(ListingId, IsThePathWithoutTracking) {
  EXPECT_EQ(listing_id("https://www.shop.example/p/1?utm_source=x&color=red&gclid=1#top"), "/p/1?color=red");
  EXPECT_EQ(listing_id("https://shop.example/p/1;jsessionid=AB12?sid=3"), "/p/1");
  EXPECT_EQ(listing_id("https://shop.example"), "/");
  EXPECT_TRUE(listing_id("https://shop.example/" + std::string(3000, 'a')).starts_with("sha256:"));
}

}  // namespace
}  // namespace fit::ingest
