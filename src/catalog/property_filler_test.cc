// Open properties are filled by every kind of write.
#include "catalog/property_filler.h"

#include <gtest/gtest.h>

#include "base/format.h"
#include "catalog/test_support.h"

namespace fit::catalog {
namespace {

using domain::Origin;
using domain::PropertyOrigin;
using testing::Bench;
using testing::index_of;
using testing::jpeg;

class PropertyFillerTest : public ::testing::Test {
 protected:
  PropertyFillerTest() { bench_.embedder.predicts = true; }

  static ItemInput input(const std::string& title, std::uint64_t image = 1) {
    return testing::shop_row("1", title, {image});
  }

  domain::ItemRecord put(const ItemInput& input) {
    const auto outcome = bench_.catalog->put(input);
    EXPECT_TRUE(outcome) << outcome.error().describe();
    return bench_.catalog->get(outcome->id).value_or(domain::ItemRecord{});
  }

  static std::string value(const domain::ItemRecord& item, std::string_view property) {
    return item.listing.properties[index_of(property)];
  }
  static PropertyOrigin origin(const domain::ItemRecord& item, std::string_view property) {
    return item.origins[index_of(property)];
  }

  Bench bench_;
};

TEST_F(PropertyFillerTest, TextsThenImagesFillOpenProperties) {
  ItemInput jacket = input("Red denim thing");
  jacket.listing.properties[index_of("material")] = "suede";
  const auto item = put(jacket);
  EXPECT_EQ(value(item, "material"), "suede");
  EXPECT_EQ(origin(item, "material"), (PropertyOrigin{Origin::kSeller, 1}));
  EXPECT_EQ(value(item, "primary_color"), "red");
  EXPECT_EQ(origin(item, "primary_color").origin, Origin::kText);
  EXPECT_EQ(value(item, "pattern"), "striped");
  EXPECT_EQ(origin(item, "pattern"), (PropertyOrigin{Origin::kPhoto, 0.91F}));
  EXPECT_EQ(value(item, "subcategory"), "hoodie");
  EXPECT_EQ(value(item, "category"), "tops");
  EXPECT_EQ(origin(item, "category"), (PropertyOrigin{Origin::kDerived, 0.85F}));
  EXPECT_EQ(value(item, "season"), "");
  EXPECT_EQ(origin(item, "season"), PropertyOrigin{});
  EXPECT_EQ(bench_.store->items().filter_columns(std::span(&item.id, 1))->at(0).properties,
            item.listing.properties);
}

TEST_F(PropertyFillerTest, StylesAndClassesOfMarkupSayNothing) {
  ItemInput dress = input("Linen thing");
  dress.listing.description = "<p style=\"color: black\" class=\"red-banner\">Green</p>";
  const auto item = put(dress);
  EXPECT_EQ(value(item, "primary_color"), "green");
  EXPECT_EQ(value(item, "secondary_color"), "");
}

TEST_F(PropertyFillerTest, IgnoresUncertainPredictions) {
  bench_.embedder.sure = 0.4F;
  const auto item = put(input("Thing"));
  EXPECT_EQ(value(item, "subcategory"), "");
  EXPECT_EQ(value(item, "pattern"), "striped");
}

TEST_F(PropertyFillerTest, FilledItemsAreUnchangedWhenPutAgain) {
  put(input("Red dress"));
  EXPECT_EQ(bench_.catalog->put(input("Red dress"))->kind, store::UpsertKind::kUnchanged);
}

TEST_F(PropertyFillerTest, AReplacedListingIsFilledAgain) {
  auto first = put(input("Red dress"));
  const int predicted = bench_.embedder.predicted;
  // The known image is not embedded again, but its properties are predicted again.
  const auto second = put(input("Blue dress"));
  EXPECT_EQ(bench_.embedder.embedded_images, 1);
  EXPECT_GT(bench_.embedder.predicted, predicted);
  EXPECT_EQ(value(second, "primary_color"), "blue");
  EXPECT_EQ(value(second, "pattern"), "striped");

  // An input without images keeps the item's images.
  ItemInput third = input("Green dress");
  third.images.clear();
  third.listing.properties[index_of("pattern")] = "floral";
  const auto replaced = bench_.catalog->replace(first.id, third);
  ASSERT_TRUE(replaced) << replaced.error().describe();
  const auto item = *bench_.catalog->get(first.id);
  EXPECT_EQ(value(item, "primary_color"), "green");
  EXPECT_EQ(value(item, "pattern"), "floral");
  EXPECT_EQ(origin(item, "pattern"), (PropertyOrigin{Origin::kSeller, 1}));

  third.listing.properties[index_of("pattern")].clear();
  ASSERT_TRUE(bench_.catalog->replace(first.id, third));
  EXPECT_EQ(origin(*bench_.catalog->get(first.id), "pattern").origin, Origin::kPhoto);
}

TEST_F(PropertyFillerTest, TheFirstImageCounts) {
  ItemInput two = input("Dress", 1);
  two.images.push_back({{}, jpeg(2)});
  put(two);
  EXPECT_EQ(bench_.embedder.predicted, 1);
}

TEST_F(PropertyFillerTest, WritesContinueWithoutTheModel) {
  put(input("Red dress"));
  bench_.embedder.unavailable = true;
  const auto item = put(input("Blue dress"));
  EXPECT_EQ(value(item, "primary_color"), "blue");
  EXPECT_EQ(value(item, "pattern"), "");
}

}  // namespace
}  // namespace fit::catalog
