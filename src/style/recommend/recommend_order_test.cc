#include "style/recommend/recommend_order.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <utility>

namespace fit::style {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

constexpr std::size_t kImageBytes = 100;
constexpr Timestamp kTime = std::chrono::sys_days(std::chrono::year(2026) / 3 / 1) + std::chrono::hours(12);

Result<RecommendOrder> parse(const std::string& text) {
  static const ontology::Ontology kOntology = ontology::Ontology::load().value();
  return parse_recommend_order(parse_json("body", text).value(), kOntology, kImageBytes, kTime);
}

TEST(RecommendOrder, HasDefaults) {
  const RecommendOrder order = parse("{}").value();
  EXPECT_EQ(order.count, 3U);
  EXPECT_FALSE(order.around || order.seed || order.weather || order.explain);
  EXPECT_THAT(order.lock, IsEmpty());
  EXPECT_TRUE(order.filter.empty());
}

TEST(RecommendOrder, ReadsEveryMember) {
  const RecommendOrder order =
      parse(R"({"around": 7, "lock": ["8", 9, "8"], "exclude": [10], "occasion": "Office",
      "season": "fall", "weather": {"temperature_c": -3.5, "rain": true}, "from": "catalogue", "count": 2,
      "seed": 5, "filters": {"brand": "acme"}, "explain": true})")
          .value();
  EXPECT_EQ(order.around, ItemId{7});
  EXPECT_THAT(order.lock, ElementsAre(ItemId{8}, ItemId{9}));
  EXPECT_THAT(order.exclude, ElementsAre(ItemId{10}));
  EXPECT_EQ(order.occasion, "work");
  EXPECT_EQ(order.season, "autumn");
  ASSERT_TRUE(order.weather);
  EXPECT_EQ(order.weather->temperature_c, -3.5);
  EXPECT_TRUE(order.weather->rain);
  EXPECT_EQ(order.count, 2U);
  EXPECT_EQ(order.seed, 5U);
  EXPECT_TRUE(order.explain);
  EXPECT_FALSE(order.filter.empty());
  EXPECT_EQ(parse(R"({"around": {"image_base64": "aGVsbG8="}})").value().photo.size(), 5U);
  EXPECT_FALSE(parse(R"({"around": null, "occasion": ""})").value().around);
}

TEST(RecommendOrder, ReadsThePlaceOfAWeather) {
  const RecommendOrder named = parse(R"({"weather": {"place": " Berlin ", "date": "2026-03-15"}})").value();
  ASSERT_TRUE(named.weather_place);
  EXPECT_EQ(named.weather_place->name, "Berlin");
  EXPECT_EQ(named.weather_place->date, "2026-03-15");
  EXPECT_FALSE(named.weather);
  const RecommendOrder point = parse(R"({"weather": {"latitude": -33.9, "longitude": 151.2}})").value();
  ASSERT_TRUE(point.weather_place);
  EXPECT_EQ(point.weather_place->latitude, -33.9);
  EXPECT_EQ(point.weather_place->longitude, 151.2);
  EXPECT_EQ(point.weather_place->date, "");
}

TEST(RecommendOrder, NamesBadPlacesOfAWeather) {
  const auto field = [](const std::string& weather) {
    const auto order = parse(R"({"weather": )" + weather + "}");
    return order ? std::string() : order.error().field;
  };
  EXPECT_EQ(field(R"({"place": ""})"), "weather.place");
  EXPECT_EQ(field(R"({"place": "  "})"), "weather.place");
  EXPECT_EQ(field(R"({"place": 1})"), "weather.place");
  EXPECT_EQ(field(R"({"place": "a\u0000b"})"), "weather.place");
  EXPECT_EQ(field(R"({"place": ")" + std::string(201, 'x') + R"("})"), "weather.place");
  EXPECT_EQ(field(R"({"latitude": 91, "longitude": 0})"), "weather.latitude");
  EXPECT_EQ(field(R"({"latitude": 1})"), "weather.longitude");
  EXPECT_EQ(field(R"({"longitude": "1"})"), "weather.latitude");
  EXPECT_EQ(field(R"({"latitude": 1, "longitude": 1e300})"), "weather.longitude");
  EXPECT_EQ(field(R"({"place": "x", "latitude": 1})"), "weather.latitude");
  EXPECT_EQ(field(R"({"place": "x", "rain": true})"), "weather.rain");
  EXPECT_EQ(field(R"({"rain": true, "date": "2026-03-01"})"), "weather.date");
  for (const std::string date : {"2026-02-27", "2026-03-16", "2026-02-30", "tomorrow"}) {
    EXPECT_EQ(field(R"({"place": "x", "date": ")" + date + R"("})"), "weather.date") << date;
  }
  EXPECT_EQ(field(R"({"place": "x", "date": "2026-02-28"})"), "");
  EXPECT_EQ(field(R"({"place": "x", "latitude": null, "longitude": null, "rain": null})"), "");
  EXPECT_EQ(field(R"({"rain": true, "place": null, "longitude": null, "date": null})"), "");
}

TEST(RecommendOrder, ReadsWhetherATasteCounts) {
  EXPECT_FALSE(parse("{}").value().taste);
  EXPECT_EQ(parse(R"({"taste": false})").value().taste, false);
  EXPECT_EQ(parse(R"({"taste": 1})").error().field, "taste");
}

TEST(RecommendOrder, NamesGarmentsBesideItems) {
  const RecommendOrder order =
      parse(R"({"from": "wardrobe", "around": {"garment": 3}, "lock": [4, {"garment": "5"}, {"garment": 5}],
      "exclude": [{"garment": 6}, "6"]})")
          .value();
  EXPECT_EQ(order.from, OutfitSource::kWardrobe);
  EXPECT_FALSE(order.around);
  EXPECT_EQ(order.around_garment, GarmentId{3});
  EXPECT_THAT(order.lock, ElementsAre(ItemId{4}));
  EXPECT_THAT(order.lock_garments, ElementsAre(GarmentId{5}));
  EXPECT_THAT(order.exclude, ElementsAre(ItemId{6}));
  EXPECT_THAT(order.exclude_garments, ElementsAre(GarmentId{6}));
  EXPECT_EQ(parse(R"({"from": "both"})").value().from, OutfitSource::kBoth);
  EXPECT_FALSE(needs_wardrobe(parse(R"({"around": 1, "from": "catalogue"})").value()));
  EXPECT_TRUE(needs_wardrobe(parse(R"({"around": {"garment": 1}})").value()));
  EXPECT_TRUE(needs_wardrobe(parse(R"({"from": "both"})").value()));
}

TEST(RecommendOrder, NamesWhatIsWrong) {
  const std::pair<const char*, const char*> cases[] = {
      {R"({"around": "x"})", "around"},
      {R"({"around": 1.5})", "around"},
      {R"({"around": -1})", "around"},
      {R"({"around": {}})", "around.image_base64"},
      {R"({"around": {"image_base64": "???"}})", "around.image_base64"},
      {R"({"around": {"image_base64": "aGVsbG8=", "x": 1}})", "around.x"},
      {R"({"lock": 7})", "lock"},
      {R"({"lock": [1, 2, 3, 4, 5, 6, 7]})", "lock"},
      {R"({"exclude": [null]})", "exclude"},
      {R"({"occasion": "moonwalk"})", "occasion"},
      {R"({"occasion": 7})", "occasion"},
      {R"({"season": "monsoon"})", "season"},
      {R"({"weather": {}})", "weather"},
      {R"({"weather": "wet"})", "weather"},
      {R"({"weather": {"temperature_c": 61}})", "weather.temperature_c"},
      {R"({"weather": {"temperature_c": -91}})", "weather.temperature_c"},
      {R"({"weather": {"temperature_c": "20"}})", "weather.temperature_c"},
      {R"({"weather": {"rain": "yes"}})", "weather.rain"},
      {R"({"weather": {"snow": true, "rain": true}})", "weather.snow"},
      {R"({"from": "moon"})", "from"},
      {R"({"around": {"garment": "x"}})", "around.garment"},
      {R"({"around": {"garment": {"garment": 1}}})", "around.garment"},
      {R"({"lock": [{"garment": null}]})", "lock"},
      {R"({"lock": [{"garment": 1, "item": 2}]})", "lock"},
      {R"({"lock": [1, 2, 3, 4, {"garment": 5}, {"garment": 6}, {"garment": 7}]})", "lock"},
      {R"({"exclude": [{"garment": -1}]})", "exclude"},
      {R"({"count": 0})", "count"},
      {R"({"count": 11})", "count"},
      {R"({"seed": -1})", "seed"},
      {R"({"seed": 1e300})", "seed"},
      {R"({"explain": 1})", "explain"},
      {R"({"filters": []})", "filters"},
      {R"({"filters": {"colour": "red"}})", "filters.colour"},
      {R"({"unknown": 1})", "unknown"},
  };
  for (const auto& [text, field] : cases) {
    const auto order = parse(text);
    ASSERT_FALSE(order) << text;
    EXPECT_EQ(order.error().field, field) << text;
  }
  EXPECT_THAT(parse(R"({"occasion": "moonwalk"})").error().message, HasSubstr("everyday, work, formal"));
  const std::string large = R"({"around": {"image_base64": ")" + std::string(400, 'A') + R"("}})";
  EXPECT_EQ(parse(large).error().code, ErrorCode::kTooLarge);
}

}  // namespace
}  // namespace fit::style
