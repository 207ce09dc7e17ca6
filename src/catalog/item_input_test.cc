#include "catalog/item_input.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/base64.h"
#include "catalog/content_hash.h"
#include "catalog/test_support.h"
#include "catalog/text_rules.h"

namespace fit::catalog {
namespace {

using ::testing::HasSubstr;
using ::testing::SizeIs;

Result<ItemInput> parse(std::string_view text, std::size_t max_image_bytes = 1 << 20) {
  return parse_item(parse_json("test", text).value(), max_image_bytes);
}

TEST(ItemInputTest, EveryField) {
  const auto item =
      parse(R"({"source": "depop", "external_id": " 42 ", "title": "Wool coat", "description": "warm\nlong",
      "brand": "Levi's", "price": 49.5, "currency": "usd", "size": "M", "url": "https://shop.example/42", "status": "Sold",
      "listed_at": "2026-11-22T12:00:00Z", "properties": {"category": "Outerwear", "season": null}, "primary_color": "RED",
      "images": ["https://shop.example/1.jpg", {"url": "http://shop.example/2.jpg"}, {"path": "a/b.png"}]})");
  ASSERT_TRUE(item) << item.error().describe();
  const domain::Listing& listing = item->listing;
  EXPECT_EQ(listing.source, "depop");
  EXPECT_EQ(listing.external_id, "42");
  EXPECT_EQ(listing.description, "warm\nlong");
  EXPECT_EQ(listing.brand, "Levi's");
  EXPECT_EQ(listing.price, 49.5);
  EXPECT_EQ(listing.currency, "USD");
  EXPECT_EQ(listing.status, "sold");
  EXPECT_EQ(to_rfc3339(*listing.listed_at), "2026-11-22T12:00:00.000000Z");
  EXPECT_EQ(listing.properties[*domain::property_index("category")], "outerwear");
  EXPECT_EQ(listing.properties[*domain::property_index("primary_color")], "red");
  ASSERT_THAT(item->images, SizeIs(3));
  EXPECT_EQ(item->images[2].location, "a/b.png");
}

TEST(ItemInputTest, Base64Images) {
  const Bytes image = testing::jpeg(1);
  const auto one = parse(R"({"image_base64": "data:image/jpeg;base64,)" + encode_base64(image) + R"("})");
  ASSERT_TRUE(one) << one.error().describe();
  EXPECT_EQ(one->images.at(0).bytes, image);
  const auto listed = parse(R"({"images": [{"image_base64": ")" + encode_base64(image) + R"("}]})");
  EXPECT_EQ(listed->images.at(0).bytes, image);
  const auto large = parse(R"({"images": [{"image_base64": ")" + encode_base64(image) + R"("}]})", 100);
  EXPECT_EQ(large.error().code, ErrorCode::kTooLarge);
  EXPECT_EQ(large.error().field, "images[0].image_base64");
}

TEST(ItemInputTest, NullMeansNotGiven) {
  const auto item =
      parse(R"({"title": null, "price": null, "images": null, "category": null, "properties": null})");
  ASSERT_TRUE(item) << item.error().describe();
  EXPECT_EQ(item->listing.title, "");
  EXPECT_FALSE(item->listing.price);
}

struct Bad {
  std::string text;
  std::string field;
};

class BadItemTest : public ::testing::TestWithParam<Bad> {};

TEST_P(BadItemTest, NamesTheField) {
  const auto item = parse(GetParam().text);
  ASSERT_FALSE(item) << GetParam().text;
  EXPECT_EQ(item.error().field, GetParam().field) << item.error().describe();
  EXPECT_FALSE(item.error().message.empty());
}

INSTANTIATE_TEST_SUITE_P(
    Items, BadItemTest,
    ::testing::Values(
        Bad{R"([])", ""}, Bad{R"("text")", ""}, Bad{R"({"colour": "red"})", "colour"},
        Bad{R"({"title": 5})", "title"}, Bad{R"({"title": ["x"]})", "title"},
        Bad{R"({"title": "a\u0000b"})", "title"}, Bad{R"({"title": "a\nb"})", "title"},
        Bad{R"({"title": ")" + std::string(kMaxTitle + 1, 'x') + R"("})", "title"},
        Bad{R"({"price": "5"})", "price"}, Bad{R"({"price": -1})", "price"},
        Bad{R"({"price": 1e300})", "price"}, Bad{R"({"price": true})", "price"},
        Bad{R"({"currency": "dollars"})", "currency"}, Bad{R"({"currency": "U5D"})", "currency"},
        Bad{R"({"status": "gone"})", "status"}, Bad{R"({"listed_at": "yesterday"})", "listed_at"},
        Bad{R"({"listed_at": 5})", "listed_at"}, Bad{R"x({"url": "javascript:alert(1)"})x", "url"},
        Bad{R"({"url": "ftp://x.example/"})", "url"}, Bad{R"({"properties": []})", "properties"},
        Bad{R"({"properties": {"colour": "red"}})", "properties.colour"},
        Bad{R"({"properties": {"category": 5}})", "properties.category"},
        Bad{R"({"category": "a", "properties": {"category": "b"}})", "properties.category"},
        Bad{R"({"images": "http://x.example/a.jpg"})", "images"}, Bad{R"({"images": [5]})", "images[0]"},
        Bad{R"({"images": ["http://x.example/a.jpg", ""]})", "images[1]"},
        Bad{R"({"images": [{}]})", "images[0]"}, Bad{R"({"images": [{"link": "x"}]})", "images[0].link"},
        Bad{R"({"images": [{"url": "http://x.example/a.jpg", "path": "b"}]})", "images[0]"},
        Bad{R"({"images": [{"image_base64": "!!!!"}]})", "images[0].image_base64"},
        Bad{R"({"images": [{"image_base64": ""}]})", "images[0].image_base64"},
        Bad{R"({"image_url": "file:///etc/passwd"})", "image_url"},
        Bad{R"({"image_url": "a\u0000.jpg"})", "image_url"},
        Bad{R"({"image_url": "http://x.example/a.jpg", "images": []})", "images"}));

TEST(ItemInputTest, TooManyImages) {
  Json object;
  for (std::size_t i = 0; i < 100'000; ++i) object["images"].push_back("http://shop.example/a.jpg");
  const auto item = parse_item(object, 1 << 20);
  ASSERT_FALSE(item);
  EXPECT_EQ(item.error().field, "images");
}

TEST(TextRulesTest, Prices) {
  EXPECT_FALSE(std::signbit(check_price(-0.0).value()));
  EXPECT_EQ(check_price(-1).error().field, "price");
  EXPECT_FALSE(check_price(1e13));
  EXPECT_FALSE(check_price(std::nan("")));
  EXPECT_FALSE(check_price(std::numeric_limits<double>::infinity()));
}

TEST(TextRulesTest, InvalidUtf8IsRefused) {
  domain::Listing listing;
  for (const char* text : {"\xFF", "a\xC3", "\xC0\xAF", "\xED\xA0\x80", "\xF5\x80\x80\x80"}) {
    const auto set = set_text(listing, "title", text);
    ASSERT_FALSE(set);
    EXPECT_EQ(set.error().field, "title");
  }
  EXPECT_TRUE(set_text(listing, "title", "Jupe plissée 裙子 👗"));
}

TEST(ContentHashTest, EveryPartCounts) {
  ItemInput base;
  base.listing.source = "a";
  base.listing.external_id = "b";
  base.images.push_back({"http://shop.example/1.jpg", {}});
  std::set<std::string> hashes{content_hash(base)};
  EXPECT_EQ(content_hash(base), *hashes.begin());
  EXPECT_THAT(*hashes.begin(), SizeIs(32));
  const auto add = [&](const auto& change) {
    ItemInput item = base;
    change(item);
    EXPECT_TRUE(hashes.insert(content_hash(item)).second);
  };
  add([](ItemInput& item) { item.listing.source = "ab"; });
  add([](ItemInput& item) { item.listing.title = "t"; });
  add([](ItemInput& item) { item.listing.description = "t"; });
  add([](ItemInput& item) { item.listing.price = 0; });
  add([](ItemInput& item) { item.listing.price = 1; });
  add([](ItemInput& item) { item.listing.status = "sold"; });
  add([](ItemInput& item) { item.listing.listed_at = Timestamp{}; });
  add([](ItemInput& item) { item.listing.properties[0] = "t"; });
  add([](ItemInput& item) { item.listing.properties[1] = "t"; });
  add([](ItemInput& item) { item.images[0].location = "http://shop.example/2.jpg"; });
  add([](ItemInput& item) { item.images.push_back(item.images[0]); });
  add([](ItemInput& item) { item.images[0] = {{}, testing::jpeg(1)}; });
  add([](ItemInput& item) { item.images.clear(); });
}

TEST(ContentHashTest, LocalFilesCountBySizeAndTime) {
  const TempDir folder;
  ItemInput item;
  item.images.push_back({(folder.path() / "a.jpg").string(), {}});
  const std::string missing = content_hash(item);
  testing::write_file(folder.path() / "a.jpg", std::string_view("one"));
  const std::string first = content_hash(item);
  EXPECT_NE(first, missing);
  EXPECT_EQ(content_hash(item), first);
  std::filesystem::last_write_time(folder.path() / "a.jpg",
                                   std::filesystem::file_time_type{} + std::chrono::hours(1));
  EXPECT_NE(content_hash(item), first);
}

}  // namespace
}  // namespace fit::catalog
