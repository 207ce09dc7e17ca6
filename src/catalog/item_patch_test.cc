#include "catalog/item_patch.h"

#include <gtest/gtest.h>

namespace fit::catalog {
namespace {

constexpr std::size_t kMaxImageBytes = 1000;

std::size_t number_of(std::string_view property) {
  return static_cast<std::size_t>(std::ranges::find(domain::kProperties, property) -
                                  domain::kProperties.begin());
}

domain::ItemRecord dress() {
  domain::ItemRecord item;
  item.id = ItemId{7};
  item.listing.source = "shop";
  item.listing.external_id = "1";
  item.listing.title = "Rust dress";
  item.listing.price = 12.5;
  item.listing.currency = "EUR";
  const auto set = [&item](std::string_view property, const char* value, domain::Origin origin) {
    item.listing.properties[number_of(property)] = value;
    item.origins[number_of(property)] = {origin, 1};
  };
  set("category", "dresses", domain::Origin::kSeller);
  set("primary_color", "orange", domain::Origin::kText);
  return item;
}

domain::Listing patched(const Json& patch) {
  const auto input = apply_patch(dress(), patch, kMaxImageBytes);
  EXPECT_TRUE(input) << input.error().describe();
  EXPECT_TRUE(input && input->images.empty());
  return input ? input->listing : domain::Listing{};
}

TEST(ItemPatch, SellerFieldsLeaveOutWhatTheProgramFilledIn) {
  const Json expected{{"title", "Rust dress"},
                      {"currency", "EUR"},
                      {"status", "active"},
                      {"properties", {{"category", "dresses"}}},
                      {"price", 12.5}};
  EXPECT_EQ(seller_fields(dress()), expected);
}

TEST(ItemPatch, ChangesTheNamedFieldsAlone) {
  const domain::Listing listing = patched({{"price", 9}, {"currency", nullptr}, {"brand", "Maker"}});
  EXPECT_EQ(listing.price, 9);
  EXPECT_EQ(listing.currency, "");
  EXPECT_EQ(listing.brand, "Maker");
  EXPECT_EQ(listing.title, "Rust dress");
  EXPECT_EQ(listing.properties[number_of("category")], "dresses");
  EXPECT_EQ(listing.properties[number_of("primary_color")], "") << "to be filled in again";
}

TEST(ItemPatch, TakesPropertiesAtTheTopLevelToo) {
  const domain::Listing listing =
      patched({{"category", nullptr}, {"material", "silk"}, {"properties", {{"fit", "slim"}}}});
  EXPECT_EQ(listing.properties[number_of("category")], "");
  EXPECT_EQ(listing.properties[number_of("material")], "silk");
  EXPECT_EQ(listing.properties[number_of("fit")], "slim");
}

TEST(ItemPatch, NamesTheFieldAtFault) {
  const auto field = [](const Json& patch) {
    const auto input = apply_patch(dress(), patch, kMaxImageBytes);
    return input ? "" : input.error().field;
  };
  EXPECT_EQ(field({{"price", -1}}), "price");
  EXPECT_EQ(field({{"properties", 5}, {"category", "tops"}}), "properties");
  EXPECT_EQ(field({{"colour", "red"}}), "colour");
  EXPECT_EQ(apply_patch(dress(), Json::array(), kMaxImageBytes).error().code, ErrorCode::kMalformed);
}

}  // namespace
}  // namespace fit::catalog
