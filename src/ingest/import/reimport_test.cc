#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "ingest/import/preview.h"
#include "ingest/import/saved_mapping.h"
#include "ingest/import/test_import.h"

namespace fit::ingest {
namespace {

using testing::Bench;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using testing::jpeg;
using ::testing::SizeIs;
using testing::write_file;

class ReimportTest : public ::testing::Test {
 protected:
  ReimportTest() {
    for (std::uint64_t i = 0; i < 4; ++i) write_file(path(std::to_string(i) + ".jpg"), jpeg(i));
  }

  std::filesystem::path path(const std::string& name) const { return bench_.folder() / "in" / name; }

  ImportReport import(std::string_view text, const ImportOptions& options = {}) {
    write_file(path("items.csv"), text);
    auto report = testing::import_file(bench_, path("items.csv"), options);
    EXPECT_TRUE(report) << report.error().describe();
    return report ? *std::move(report) : ImportReport{};
  }

  domain::ItemRecord item(const std::string& id) { return bench_.item("items", id); }
  void patch(const std::string& id, const Json& changes) {
    const auto patched = bench_.catalog->patch(item(id).id, changes, 1 << 20);
    ASSERT_TRUE(patched) << patched.error().describe();
  }

  Bench bench_;
};

constexpr const char* kCoats = "id,title,price,images\n1,Coat,20,0.jpg\n2,Hat,10,1.jpg\n";

TEST_F(ReimportTest, WhatAPersonChangedStays) {
  import(kCoats);
  patch("1", {{"status", "sold"}, {"price", 15}});
  const ImportReport same = import(kCoats);
  EXPECT_EQ(same.unchanged, 2);
  EXPECT_EQ(same.kept, 1);
  EXPECT_EQ(item("1").listing.status, "sold");

  const ImportReport other = import("id,title,price,images\n1,Warm coat,30,0.jpg\n2,Hat,12,1.jpg\n");
  EXPECT_EQ(other.updated, 2);
  EXPECT_EQ(other.kept, 1);
  EXPECT_EQ(item("1").listing.title, "Warm coat");
  EXPECT_EQ(item("1").listing.price, 15);
  EXPECT_EQ(item("1").listing.status, "sold");
  EXPECT_EQ(item("2").listing.price, 12);
  EXPECT_EQ(import("id,title,price,images\n1,Warm coat,30,0.jpg\n2,Hat,12,1.jpg\n").unchanged, 2);
}

TEST_F(ReimportTest, OverwriteReplacesIt) {
  import(kCoats);
  patch("1", {{"status", "sold"}, {"category", "jackets"}});
  ImportOptions options;
  options.overwrite = true;
  const ImportReport report = import(kCoats, options);
  EXPECT_EQ(report.updated, 1);
  EXPECT_EQ(report.kept, 0);
  EXPECT_EQ(item("1").listing.status, "active");
  EXPECT_EQ(import(kCoats).kept, 0);
}

TEST_F(ReimportTest, ChangedImagesAndPropertiesStay) {
  import(kCoats);
  patch("1", {{"images", {path("2.jpg").string(), path("3.jpg").string()}}, {"category", "jackets"}});
  import("id,title,price,images,category\n1,Coat,25,0.jpg,coats\n2,Hat,10,1.jpg,\n");
  EXPECT_THAT(item("1").images, SizeIs(2));
  EXPECT_EQ(item("1").listing.price, 25);
  EXPECT_EQ(item("1").listing.properties[domain::kCategory], "jackets");
}

TEST_F(ReimportTest, AMissingImageIsTriedAgain) {
  const std::string text = "id,images\n1,0.jpg|late.jpg\n";
  EXPECT_EQ(import(text).warnings, 1);
  EXPECT_THAT(item("1").images, SizeIs(1));
  EXPECT_EQ(import(text).unchanged, 1) << "still missing";
  write_file(path("late.jpg"), jpeg(9));
  const ImportReport report = import(text);
  EXPECT_EQ(report.updated, 1);
  EXPECT_EQ(report.warnings, 0);
  EXPECT_THAT(item("1").images, SizeIs(2));
  EXPECT_EQ(import(text).unchanged, 1);
}

TEST_F(ReimportTest, MissingItemsAreHiddenUntilTheyAreBack) {
  ImportOptions other;
  other.source = "other";
  import("id,images\n9,3.jpg\n", other);
  import("id,images\n1,0.jpg\n2,1.jpg\n3,2.jpg\n");
  ImportOptions options;
  options.hide_missing = [](std::int64_t, std::int64_t) { return false; };
  const ImportReport report = import("id,images\n1,0.jpg\n2,1.jpg\n", options);
  EXPECT_EQ(report.hidden, 1);
  EXPECT_EQ(item("3").listing.status, "hidden");
  EXPECT_EQ(bench_.item("other", "9").listing.status, "active");
  EXPECT_EQ(import("id,images\n1,0.jpg\n2,1.jpg\n", options).hidden, 0);
  EXPECT_EQ(import("id,images\n1,0.jpg\n2,1.jpg\n3,2.jpg\n", options).updated, 1);
  EXPECT_EQ(item("3").listing.status, "active");
}

TEST_F(ReimportTest, WhatAPersonChangedStaysWhileAnItemIsMissing) {
  constexpr std::string_view kThree = "id,price,images\n1,5,0.jpg\n2,5,1.jpg\n3,5,2.jpg\n4,5,3.jpg\n";
  import(kThree);
  patch("1", {{"price", 7}});
  patch("2", {{"status", "sold"}});
  ImportOptions options;
  options.hide_missing = [](std::int64_t, std::int64_t) { return true; };
  EXPECT_EQ(import("id,price,images\n3,5,2.jpg\n4,5,3.jpg\n", options).hidden, 1) << "a sold item stays";
  EXPECT_EQ(item("1").listing.status, "hidden");
  EXPECT_EQ(item("2").listing.status, "sold");
  EXPECT_EQ(import(kThree).updated, 1);
  EXPECT_EQ(item("1").listing.status, "active");
  EXPECT_EQ(item("1").listing.price, 7);
}

TEST_F(ReimportTest, WhatAPersonChangedStaysWhileAnImageIsMissing) {
  const std::string text = "id,price,images\n1,5,0.jpg|late.jpg\n";
  import(text);
  patch("1", {{"price", 7}});
  import("id,price,images\n1,6,0.jpg|late.jpg\n");
  EXPECT_EQ(item("1").listing.price, 7);
  write_file(path("late.jpg"), jpeg(9));
  EXPECT_EQ(import("id,price,images\n1,6,0.jpg|late.jpg\n").updated, 1);
  EXPECT_EQ(item("1").listing.price, 7);
  EXPECT_THAT(item("1").images, SizeIs(2));
}

TEST_F(ReimportTest, MoreThanHalfIsAskedFor) {
  import("id,images\n1,0.jpg\n2,1.jpg\n3,2.jpg\n");
  std::vector<std::int64_t> asked;
  ImportOptions options;
  bool answer = false;
  options.hide_missing = [&](std::int64_t missing, std::int64_t all) {
    asked = {missing, all};
    return answer;
  };
  write_file(path("items.csv"), std::string_view("id,images\n1,0.jpg\n"));
  const auto refused = testing::import_file(bench_, path("items.csv"), options);
  EXPECT_EQ(refused.error().field, "complete");
  EXPECT_THAT(asked, ElementsAre(2, 3));
  EXPECT_EQ(item("3").listing.status, "active");
  answer = true;
  EXPECT_EQ(import("id,images\n1,0.jpg\n", options).hidden, 2);
}

TEST_F(ReimportTest, RowsWithoutAReadableIdHideNothing) {
  import("id,images\n1,0.jpg\n2,1.jpg\n");
  ImportOptions options;
  options.hide_missing = [](std::int64_t, std::int64_t) { return true; };
  write_file(path("items.csv"), std::string_view("id,images\n1,0.jpg\n\"2,1.jpg\n"));
  EXPECT_EQ(testing::import_file(bench_, path("items.csv"), options).error().field, "complete");
  EXPECT_EQ(item("2").listing.status, "active");
  // An item is not missing when its row is rejected but has an id.
  EXPECT_EQ(import("id,images\n1,0.jpg\n2,\n", options).hidden, 0);
}

TEST_F(ReimportTest, APreviewStoresNothing) {
  write_file(
      path("items.csv"),
      std::string_view(
          "id,title,price,images\n1,Red linen dress,\"1.299,00 €\",0.jpg\n2,Hat,x,none.jpg\n3,Hat,1,\n"));
  const auto preview = preview_import(bench_.catalog->writer(), path("items.csv"), {}, 1, {});
  ASSERT_TRUE(preview) << preview.error().describe();
  ASSERT_THAT(preview->items, SizeIs(1));
  EXPECT_EQ(preview->items[0].listing.price, 1299);
  EXPECT_THAT(preview->items[0].images, SizeIs(1));
  EXPECT_EQ(preview->report.created, 2);
  EXPECT_EQ(preview->report.rejected, 1);
  EXPECT_EQ(preview->report.warnings, 1);
  EXPECT_EQ(bench_.store->items().counts()->items, 0);
}

TEST_F(ReimportTest, AMappingIsSavedWithItsSource) {
  ImportOptions given;
  given.source = "shop";
  given.mapping = {"ref=external_id"};
  ASSERT_TRUE(save_mapping(*bench_.store, given));
  ImportOptions later;
  later.source = "shop";
  EXPECT_TRUE(*use_saved_mapping(*bench_.store, later));
  EXPECT_THAT(later.mapping, ElementsAre("ref=external_id"));
  ImportOptions others;
  others.source = "other";
  EXPECT_FALSE(*use_saved_mapping(*bench_.store, others));
  ImportOptions none;
  none.source = "shop";
  none.mapping = {"none"};
  ASSERT_TRUE(save_mapping(*bench_.store, none));
  EXPECT_FALSE(*use_saved_mapping(*bench_.store, none));
  EXPECT_THAT(none.mapping, IsEmpty());
  later = {};
  later.source = "shop";
  EXPECT_FALSE(*use_saved_mapping(*bench_.store, later));
}

}  // namespace
}  // namespace fit::ingest
