// Properties that sellers leave open, on every way into the catalogue.
#include "catalog/property_filler.h"

#include <gtest/gtest.h>

#include "base/format.h"
#include "catalog/test_support.h"

namespace fit::catalog {
namespace {

using store::Origin;
using store::PropertyOrigin;
using testing::Bench;
using testing::jpeg;
using testing::write_file;

std::size_t index_of(std::string_view property) {
  return *store::property_index(property);
}

class PropertyFillerTest : public ::testing::Test {
 protected:
  PropertyFillerTest() { bench_.embedder.predicts = true; }

  static ItemInput input(const std::string& title, std::uint64_t picture = 1) {
    return testing::shop_row("1", title, {picture});
  }

  store::ItemRecord put(const ItemInput& input) {
    const auto outcome = bench_.catalog->put(input);
    EXPECT_TRUE(outcome) << outcome.error().describe();
    return bench_.catalog->get(outcome->id).value_or(store::ItemRecord{});
  }

  static std::string value(const store::ItemRecord& item, std::string_view property) {
    return item.listing.properties[index_of(property)];
  }
  static PropertyOrigin origin(const store::ItemRecord& item, std::string_view property) {
    return item.origins[index_of(property)];
  }

  Bench bench_;
};

TEST_F(PropertyFillerTest, TextThenPictureFillWhatIsOpen) {
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
  EXPECT_EQ(bench_.store->facts(std::span(&item.id, 1))->at(0).properties, item.listing.properties);
}

TEST_F(PropertyFillerTest, DoubtfulPicturesSayNothing) {
  bench_.embedder.sure = 0.4F;
  const auto item = put(input("Thing"));
  EXPECT_EQ(value(item, "subcategory"), "");
  EXPECT_EQ(value(item, "pattern"), "striped");
}

TEST_F(PropertyFillerTest, FilledItemsAreRecognisedUnchanged) {
  put(input("Red dress"));
  EXPECT_EQ(bench_.catalog->put(input("Red dress"))->kind, store::UpsertKind::kUnchanged);
}

TEST_F(PropertyFillerTest, AReplacedListingIsReadAnew) {
  auto first = put(input("Red dress"));
  const int predicted = bench_.embedder.predicted;
  // The picture is known: it is not embedded again, but looked at.
  const auto second = put(input("Blue dress"));
  EXPECT_EQ(bench_.embedder.pictures, 1);
  EXPECT_GT(bench_.embedder.predicted, predicted);
  EXPECT_EQ(value(second, "primary_color"), "blue");
  EXPECT_EQ(value(second, "pattern"), "striped");

  // Without pictures the item keeps those that it has.
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

TEST_F(PropertyFillerTest, TheFirstPictureCounts) {
  ItemInput two = input("Dress", 1);
  two.images.push_back({{}, jpeg(2)});
  put(two);
  EXPECT_EQ(bench_.embedder.predicted, 1);
}

TEST_F(PropertyFillerTest, AModelThatIsAwayKeepsNoOneFromWriting) {
  put(input("Red dress"));
  bench_.embedder.unavailable = true;
  const auto item = put(input("Blue dress"));
  EXPECT_EQ(value(item, "primary_color"), "blue");
  EXPECT_EQ(value(item, "pattern"), "");
}

TEST_F(PropertyFillerTest, ImportsAreFilledToo) {
  std::string csv = "external_id,title,primary_color,image_path\n";
  for (std::uint64_t i = 0; i < 40; ++i) {
    write_file(bench_.folder() / "in" / fit::format("{}.jpg", i), jpeg(i));
    csv += fit::format("{},Red cotton dress,{},{}.jpg\n", i, i % 2 == 0 ? "teal" : "", i);
  }
  write_file(bench_.folder() / "in" / "a.csv", csv);
  const auto report = bench_.import(bench_.folder() / "in" / "a.csv");
  ASSERT_TRUE(report) << report.error().describe();
  EXPECT_EQ(report->created, 40);
  for (const auto& item : bench_.items()) {
    const bool is_given = value(item, "primary_color") == "teal";
    EXPECT_EQ(origin(item, "primary_color").origin, is_given ? Origin::kSeller : Origin::kText);
    EXPECT_EQ(value(item, "material"), "cotton");
    EXPECT_EQ(value(item, "pattern"), "striped");
    EXPECT_EQ(value(item, "subcategory"), "dress");
  }
  EXPECT_EQ(bench_.embedder.predicted, 40);
  EXPECT_EQ(bench_.import(bench_.folder() / "in" / "a.csv")->unchanged, 40);

  // A new title over the same picture.
  for (std::size_t at = 0; (at = csv.find("Red", at)) != std::string::npos;) csv.replace(at, 3, "Blue");
  write_file(bench_.folder() / "in" / "a.csv", csv);
  EXPECT_EQ(bench_.import(bench_.folder() / "in" / "a.csv")->updated, 40);
  EXPECT_EQ(bench_.embedder.pictures, 40);
  for (const auto& item : bench_.items()) {
    EXPECT_EQ(value(item, "pattern"), "striped");
    EXPECT_TRUE(value(item, "primary_color") == "teal" || value(item, "primary_color") == "blue");
  }
}

}  // namespace
}  // namespace fit::catalog
