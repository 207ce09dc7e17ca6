#include "search/result_views.h"

#include <gtest/gtest.h>

#include <fstream>

#include "search/deep_links.h"
#include "search/result_codec.h"

namespace fit::search {
namespace {

// The app for iOS tests its own table of deep links against this file, too.
TEST(DeepLink, OpensTheMarketplacesApp) {
  std::ifstream file(FIT_SOURCE_DIR "/tests/vectors/deep_links.json");
  const Json vectors = Json::parse(file);
  ASSERT_FALSE(vectors.empty());
  for (const Json& vector : vectors) {
    domain::Listing listing;
    listing.source = vector["source"];
    listing.external_id = vector["external_id"];
    listing.url = vector["url"];
    EXPECT_EQ(Json(deep_link(listing)), vector["deep_link"]) << vector;
  }
}

TEST(ResultViews, MakesTheDocumentedJsonOfAHit) {
  Hit hit;
  hit.item.id = ItemId{12};
  hit.item.listing.source = "depop";
  hit.item.listing.external_id = "x1";
  hit.item.listing.title = "Denim jacket";
  hit.item.listing.price = 45;
  hit.item.listing.properties[0] = "outerwear";
  domain::ImageRecord held;
  held.id = ImageId{7};
  held.location = "stored:7.jpg";
  domain::ImageRecord remote;
  remote.id = ImageId{8};
  remote.location = "https://img.example/8.jpg";
  hit.item.images = {held, remote};
  hit.best_image = ImageId{7};
  hit.similarity = 0.12345678;
  SearchResults found;
  found.hits = {hit};
  found.space = "palette";

  const Json body = ResultViews("https://cdn.example/").search_results(found, 1.23456);
  EXPECT_EQ(body["embedding_provider"], "palette");
  EXPECT_EQ(body["took_ms"], 1.235);
  const Json& result = body["results"][0];
  EXPECT_EQ(result["id"], "12");
  EXPECT_EQ(result["brand"], nullptr);
  EXPECT_EQ(result["image_url"], "https://cdn.example/images/7");
  EXPECT_EQ(result["images"][1]["url"], "https://img.example/8.jpg");
  EXPECT_EQ(result["images"][1]["thumbnail_url"], "https://cdn.example/images/8/thumbnail");
  EXPECT_EQ(result["deep_link"], "depop://product/x1");
  EXPECT_EQ(result["similarity"], 0.123457);
  EXPECT_EQ(result["properties"], Json({{"category", "outerwear"}}));
  EXPECT_EQ(ResultViews("").search_results(found, 0)["results"][0]["image_url"], "/images/7");
}

TEST(ResultViews, TheFacetOfThePriceNamesTheCurrencyOfConvertedPrices) {
  SearchResults found;
  found.facets = {{.name = "brand"}, {.name = "price", .lowest = 40, .highest = 55}};
  const Json amounts = ResultViews("").search_results(found, 0)["facets"];
  EXPECT_FALSE(amounts["price"].contains("currency")) << amounts;
  found.price_unit = domain::PriceUnit{.currency = "EUR", .factors = {{"EUR", 1}}, .rates = 5};
  const Json converted = ResultViews("").items(found)["facets"];
  EXPECT_EQ(converted["price"]["currency"], "EUR");
  EXPECT_FALSE(converted["brand"].contains("currency")) << converted;
}

TEST(ResultViews, LeavesOutAGenderThatIsNotSure) {
  SearchResults found;
  found.predicted = {{.property = "category", .values = {{"dresses", 0.5F}}},
                     {.property = "gender", .values = {{"men", 0.85F}}}};
  EXPECT_EQ(ResultViews("").search_results(found, 0)["predicted_properties"],
            Json({{"category", {{"value", "dresses"}, {"confidence", 0.5}}}}));
  found.predicted[1].values[0].confidence = 0.95F;
  EXPECT_EQ(ResultViews("").search_results(found, 0)["predicted_properties"]["gender"]["value"], "men");
}

TEST(ResultViews, SayWhichPartOfThePhotoWasSearchedAfterACacheToo) {
  SearchResults found;
  EXPECT_FALSE(ResultViews("").search_results(found, 0).contains("searched_box"));
  found.searched_box = media::Box{.left = 0.125, .top = 0.25, .right = 0.5, .bottom = 1};
  const auto cached = decode_results(encode_results(found));
  ASSERT_TRUE(cached);
  EXPECT_EQ(cached->searched_box, found.searched_box);
  EXPECT_EQ(ResultViews("").search_results(*cached, 0)["searched_box"],
            Json({{"left", 0.125}, {"top", 0.25}, {"right", 0.5}, {"bottom", 1.0}}));
  found.searched_box->right = 0;
  EXPECT_FALSE(decode_results(encode_results(found)));
}

TEST(ResultViews, SayWhatWasGivenUpAfterACacheToo) {
  SearchResults found;
  found.parsed_text.emplace();
  const std::size_t colour = *domain::property_index("primary_color");
  found.given_up = {{colour, "red"}, {colour, "pink"}, {*domain::property_index("subcategory"), "dress"}};
  const auto cached = decode_results(encode_results(found));
  ASSERT_TRUE(cached);
  EXPECT_EQ(cached->given_up, found.given_up);
  const Json body = ResultViews("").search_results(*cached, 0);
  EXPECT_EQ(body["read_as"]["given_up"],
            parse_json("", R"({"primary_color": ["red", "pink"], "subcategory": ["dress"]})").value());
  found.given_up.clear();
  EXPECT_FALSE(ResultViews("").search_results(found, 0)["read_as"].contains("given_up"));
  found.given_up = {{domain::kProperties.size(), "damaged"}};
  EXPECT_FALSE(decode_results(encode_results(found)));
}

}  // namespace
}  // namespace fit::search
