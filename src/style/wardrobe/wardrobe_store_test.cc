// The tables of wardrobes, on each engine.
#include "style/wardrobe/wardrobe_store.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <span>
#include <thread>

#include "store/test_support.h"
#include "style/wardrobe/test_assets.h"

namespace fit::style {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

constexpr std::int64_t kAda = 1;
constexpr std::int64_t kBob = 2;
const Timestamp kMorning = parse_rfc3339("time", "2026-03-01T10:00:00Z").value();
const Timestamp kEvening = parse_rfc3339("time", "2026-03-01T20:00:00Z").value();

const ontology::Ontology& values() {
  static const ontology::Ontology kValues = ontology::Ontology::load().value();
  return kValues;
}

GarmentDraft named(const std::string& name, std::vector<GarmentPhoto> photos = {}) {
  return {.fields = {.name = name}, .photos = std::move(photos)};
}

class WardrobeStoreContract : public ::testing::TestWithParam<store::testing::Engine> {
 protected:
  void SetUp() override {
    if (!GetParam().is_available()) GTEST_SKIP() << "PostgreSQL is not installed";
    store_ = store::open_catalogue(GetParam().url(folder_)).value();
  }

  WardrobeStore wardrobe() { return {store_->database(), values()}; }
  GarmentId add(std::int64_t user, const GarmentDraft& draft) {
    const auto added = wardrobe().add(user, draft, kMorning);
    EXPECT_TRUE(added) << added.error().describe();
    return added.value().id;
  }
  std::vector<std::string> names(std::int64_t user, const GarmentFilter& filter = {}, std::int64_t before = 0,
                                 std::size_t limit = 100) {
    std::vector<std::string> found;
    const auto garments = wardrobe().list(user, filter, before, limit).value();
    for (const Garment& one : garments) found.push_back(one.fields.name);
    return found;
  }
  // Adds an asset on which the models see this, and returns its id.
  std::int64_t add_asset(const std::string& sha256, const std::string& properties = "{}") {
    return testing::add_asset(store_->database(), sha256, properties).value();
  }
  void add_vector(std::int64_t asset, std::int64_t space_id, const std::vector<float>& values) {
    const auto added = testing::add_vector(store_->database(), asset, space_id, values);
    ASSERT_TRUE(added) << added.error().describe();
  }
  void remove_asset(std::int64_t id) {
    const auto removed = store_->database().write(
        sql::Ordering::kUnordered, [&](sql::SqlConnection& connection) -> Result<std::int64_t> {
          return connection.execute("DELETE FROM assets WHERE id = $1", {id});
        });
    ASSERT_TRUE(removed) << removed.error().describe();
  }
  // Stores garments up to the limit with few statements.
  void fill(std::int64_t user) {
    std::vector<GarmentRow> rows(WardrobeStore::kMaxGarments);
    for (GarmentRow& row : rows) row.draft.fields.name = "sock";
    const auto imported = wardrobe().import(user, rows, kMorning);
    ASSERT_TRUE(imported) << imported.error().describe();
  }

  TempDir folder_;
  std::unique_ptr<store::Catalogue> store_;
};

TEST_P(WardrobeStoreContract, TheFirstPhotoWithAVectorStandsForAGarment) {
  constexpr std::int64_t kSpace = 7;
  const std::int64_t bare = add_asset("a");
  const std::int64_t second = add_asset("b");
  const std::int64_t third = add_asset("c");
  add_vector(second, kSpace, {0.6F, -0.8F});
  add_vector(third, kSpace, {1, 0});
  add_vector(bare, kSpace + 1, {0, 1});
  const GarmentId coat = add(kAda, named("Coat", {{.asset = bare}, {.asset = second}, {.asset = third}}));
  const GarmentId sock = add(kAda, named("Sock"));
  const GarmentId shoe = add(kAda, named("Shoe", {{.asset = third}}));
  const std::vector<GarmentId> all = {coat, sock, shoe};
  const auto found = wardrobe().vectors(all, kSpace).value();
  EXPECT_EQ(found.size(), 2U);
  EXPECT_THAT(found.at(coat), ElementsAre(0.6F, -0.8F));
  EXPECT_THAT(found.at(shoe), ElementsAre(1, 0));
  EXPECT_TRUE(wardrobe().vectors({}, kSpace).value().empty());
}

TEST_P(WardrobeStoreContract, AGarmentIsKeptAsItIs) {
  GarmentDraft draft{.fields = {.name = "Coat",
                                .brand = "Acme",
                                .size = "M",
                                .price = 99.95,
                                .currency = "EUR",
                                .bought_on = "2025-11-02",
                                .notes = "one\ntwo",
                                .care = "cold",
                                .tags = {"a", "b c"},
                                .state = GarmentState::kLent}};
  draft.fields.stated[domain::kPattern] = kNoValue;
  draft.fields.stated[domain::kCategory] = "outerwear";
  const GarmentId id = add(kAda, draft);
  const Garment stored = wardrobe().get(kAda, id).value();
  EXPECT_EQ(stored.fields, draft.fields);
  EXPECT_EQ(stored.slot, Slot::kOuterLayer);
  EXPECT_EQ(stored.wears, 0);
  EXPECT_EQ(stored.item, std::nullopt);
  EXPECT_EQ(stored.created_at, kMorning);
  const auto changed = wardrobe().change(
      kAda, id,
      [](const Garment& garment) -> Result<GarmentDraft> {
        GarmentDraft next{.fields = garment.fields, .photos = garment.photos};
        next.fields.price.reset();
        next.fields.state = GarmentState::kReady;
        return next;
      },
      kEvening);
  ASSERT_TRUE(changed) << changed.error().describe();
  EXPECT_EQ(changed->garment.fields.price, std::nullopt);
  EXPECT_EQ(changed->garment.fields.name, "Coat");
  EXPECT_EQ(changed->garment.created_at, kMorning);
  EXPECT_EQ(changed->garment.updated_at, kEvening);
  const auto refused = wardrobe().change(
      kAda, id, [](const Garment&) -> Result<GarmentDraft> { return invalid("name", "is bad"); }, kEvening);
  EXPECT_EQ(refused.error().field, "name");
  ASSERT_TRUE(wardrobe().set_item(kAda, id, ItemId{8}));
  EXPECT_EQ(wardrobe().get(kAda, id)->item, ItemId{8});
}

TEST_P(WardrobeStoreContract, GarmentsOfOthersDoNotExist) {
  const GarmentId id = add(kAda, named("coat"));
  const auto keep = [](const Garment& garment) -> Result<GarmentDraft> {
    return GarmentDraft{.fields = garment.fields, .photos = {}};
  };
  EXPECT_EQ(wardrobe().get(kBob, id).error().code, ErrorCode::kNotFound);
  EXPECT_EQ(wardrobe().change(kBob, id, keep, kEvening).error().code, ErrorCode::kNotFound);
  EXPECT_EQ(wardrobe().remove(kBob, id).error().code, ErrorCode::kNotFound);
  EXPECT_EQ(wardrobe().wear(kBob, id, "2026-03-01").error().code, ErrorCode::kNotFound);
  EXPECT_EQ(wardrobe().undo_wear(kBob, id, "2026-03-01").error().code, ErrorCode::kNotFound);
  EXPECT_EQ(wardrobe().set_item(kBob, id, ItemId{1}).error().code, ErrorCode::kNotFound);
  const GarmentRow row{.id = id, .draft = named("mine")};
  EXPECT_EQ(wardrobe().import(kBob, std::span(&row, 1), kEvening)->created, 1);
  EXPECT_THAT(names(kAda), ElementsAre("coat"));
  EXPECT_THAT(names(kBob), ElementsAre("mine"));
}

TEST_P(WardrobeStoreContract, AWearIsNotedOnce) {
  const GarmentId id = add(kAda, named("coat"));
  EXPECT_TRUE(wardrobe().wear(kAda, id, "2026-03-01").value());
  EXPECT_TRUE(wardrobe().wear(kAda, id, "2026-02-01").value());
  EXPECT_FALSE(wardrobe().wear(kAda, id, "2026-03-01").value());
  const Garment worn = wardrobe().get(kAda, id).value();
  EXPECT_EQ(worn.wears, 2);
  EXPECT_EQ(worn.last_worn_on, "2026-03-01");
  EXPECT_THAT(worn.worn_on, ElementsAre("2026-02-01", "2026-03-01"));
  EXPECT_TRUE(wardrobe().undo_wear(kAda, id, "2026-03-01"));
  EXPECT_EQ(wardrobe().undo_wear(kAda, id, "2026-03-01").error().code, ErrorCode::kNotFound);
  EXPECT_EQ(wardrobe().get(kAda, id)->last_worn_on, "2026-02-01");
  EXPECT_THAT(names(kAda, {.never_worn = true}), IsEmpty());
}

TEST_P(WardrobeStoreContract, GarmentsAreListedByPages) {
  std::vector<std::string> all;
  std::vector<GarmentRow> rows(1'203);  // more than are read at once
  for (std::size_t i = 0; i < rows.size(); ++i) {
    rows[i].draft.fields.name = std::to_string(i);
    if (i % 100 == 0) rows[i].draft.fields.tags = {"rare"};
    all.insert(all.begin(), std::to_string(i));
  }
  ASSERT_TRUE(wardrobe().import(kAda, rows, kMorning));
  EXPECT_EQ(names(kAda, {}, 0, 2'000), all);
  EXPECT_THAT(names(kAda, {.text = "rare"}, 0, 3), ElementsAre("1200", "1100", "1000"));
  const auto page = wardrobe().list(kAda, {.text = "rare"}, 0, 3).value();
  EXPECT_THAT(names(kAda, {.text = "rare"}, page.back().id.value, 3), ElementsAre("900", "800", "700"));
  EXPECT_EQ(wardrobe().all(kAda)->front().fields.name, "0");
}

TEST_P(WardrobeStoreContract, PhotosShowWhatTheModelsSee) {
  const std::int64_t first = add_asset("a");
  const std::int64_t second = add_asset("b", R"({"category": "shoes", "primary_color": "red"})");
  const GarmentId id = add(kAda, named("", {{.asset = first, .is_sent = false},
                                            {.asset = second, .is_sent = true},
                                            {.asset = first, .is_sent = true}}));
  const Garment garment = wardrobe().get(kAda, id).value();
  EXPECT_THAT(garment.photos, ElementsAre(GarmentPhoto{.asset = first, .is_sent = false},
                                          GarmentPhoto{.asset = second, .is_sent = true}));
  EXPECT_EQ(garment.properties[domain::kPrimaryColor], "red") << "of the first photo that was worked on";
  EXPECT_EQ(wardrobe().list(kAda, {.color = "red"}, 0, 5)->size(), 1U);
  remove_asset(second);
  EXPECT_THAT(wardrobe().get(kAda, id)->photos, ElementsAre(GarmentPhoto{.asset = first, .is_sent = false}));
  const std::vector<GarmentPhoto> many(kMaxGarmentPhotos + 1, GarmentPhoto{.asset = first, .is_sent = false});
  EXPECT_EQ(wardrobe().add(kAda, named("x", many), kMorning).error().field, "asset_ids");
  EXPECT_EQ(wardrobe().all(kAda)->size(), 1U);
}

TEST_P(WardrobeStoreContract, PhotosOfOthersAreNotUsable) {
  const std::int64_t loose = add_asset("a");
  const std::int64_t sent = add_asset("b");
  add(kAda, named("1", {{.asset = sent, .is_sent = true}}));
  const std::vector<std::int64_t> assets = {sent, loose, 999'999};
  const auto usable = [&](std::int64_t user, std::string_view principal, bool sees_assets) {
    return wardrobe()
        .usable_photos({.user = user, .principal = principal, .sees_assets = sees_assets}, assets)
        .value();
  };
  EXPECT_THAT(usable(kAda, "user:1", false), ElementsAre(loose, sent));
  EXPECT_THAT(usable(kAda, "user:7", false), ElementsAre(sent)) << "it is in the wardrobe";
  EXPECT_THAT(usable(kBob, "user:2", false), IsEmpty());
  EXPECT_THAT(usable(kBob, "user:2", true), ElementsAre(loose)) << "the other came with somebody's garment";
}

TEST_P(WardrobeStoreContract, WhatHasFailedIsNoPhoto) {
  const std::int64_t own = add_asset("a");
  const std::int64_t other = add_asset("b");
  add(kAda, named("1", {{.asset = own}}));
  ASSERT_TRUE(store_->database().write(sql::Ordering::kUnordered, [](sql::SqlConnection& connection) {
    return connection.execute("UPDATE assets SET state = 'failed'", {});
  }));
  const std::vector<std::int64_t> assets = {own, other};
  const auto usable =
      wardrobe().usable_photos({.user = kAda, .principal = "user:1", .sees_assets = true}, assets);
  EXPECT_THAT(usable.value(), ElementsAre(own)) << "it is in the wardrobe";
}

TEST_P(WardrobeStoreContract, PhotosBecomeGarmentsOnce) {
  using Known = WardrobeStore::KnownPhotos;
  const std::int64_t first = add_asset("a");
  const std::int64_t second = add_asset("b");
  const std::int64_t third = add_asset("c");
  const GarmentId coat = add(kAda, named("Coat", {{.asset = first}}));
  add(kBob, named("Hat", {{.asset = second}}));
  const std::vector<GarmentDraft> drafts = {
      named("1", {{.asset = first}}), named("2", {{.asset = second}}),
      named("3", {{.asset = second}, {.asset = third, .is_sent = true}}), named("4", {{.asset = third}})};
  const auto added = wardrobe().add_photos(kAda, drafts, Known::kLeftOut, kMorning).value();
  ASSERT_EQ(added.size(), 4U);
  EXPECT_FALSE(added[0].is_new);
  EXPECT_EQ(added[0].garment, coat);
  EXPECT_TRUE(added[1].is_new) << "it is somebody else's";
  EXPECT_TRUE(added[2].is_new);
  EXPECT_FALSE(added[3].is_new);
  EXPECT_EQ(added[3].garment, added[2].garment);
  EXPECT_THAT(names(kAda), ElementsAre("3", "2", "Coat"));
  EXPECT_THAT(wardrobe().get(kAda, added[2].garment).value().photos,
              ElementsAre(GarmentPhoto{.asset = third, .is_sent = true}));
  const auto again = wardrobe().add_photos(kAda, std::span(drafts).first(1), Known::kTaken, kMorning).value();
  EXPECT_TRUE(again.front().is_new);
  EXPECT_THAT(names(kAda), ElementsAre("1", "3", "2", "Coat"));
}

TEST_P(WardrobeStoreContract, PhotosOfAFullWardrobeAreNotTaken) {
  fill(kAda);
  const std::vector<GarmentDraft> drafts = {named("1", {{.asset = add_asset("a")}})};
  const auto added = wardrobe().add_photos(kAda, drafts, WardrobeStore::KnownPhotos::kLeftOut, kMorning);
  ASSERT_FALSE(added);
  EXPECT_EQ(added.error().field, "wardrobe");
}

TEST_P(WardrobeStoreContract, ACutoutIsSwitched) {
  GarmentDraft draft = named("Coat");
  draft.fields.cutout = true;
  const GarmentId id = add(kAda, draft);
  EXPECT_TRUE(wardrobe().get(kAda, id).value().fields.cutout);
  draft.fields.cutout = false;
  ASSERT_TRUE(wardrobe().change(
      kAda, id, [&draft](const Garment&) -> Result<GarmentDraft> { return draft; }, kEvening));
  EXPECT_FALSE(wardrobe().get(kAda, id).value().fields.cutout);
}

TEST_P(WardrobeStoreContract, APhotoThatATableMovesGoesWithItsNewGarment) {
  const std::int64_t sent = add_asset("a");
  const GarmentId first = add(kAda, named("1", {{.asset = sent, .is_sent = true}}));
  const GarmentId second = add(kAda, named("2"));
  const std::vector<GarmentRow> rows = {{.id = first, .draft = named("1"), .worn_on = {}},
                                        {.id = second,
                                         .draft = named("2", {{.asset = sent, .is_sent = false}}),
                                         .worn_on = {"2026-03-01", "2026-02-01", "2026-03-01"}}};
  EXPECT_THAT(wardrobe().import(kAda, rows, kEvening).value().unused, IsEmpty());
  EXPECT_THAT(wardrobe().get(kAda, second).value().worn_on, ElementsAre("2026-02-01", "2026-03-01"));
  EXPECT_THAT(wardrobe().remove(kAda, second).value(), ElementsAre(sent));
}

TEST_P(WardrobeStoreContract, AssetsThatCameWithGarmentsGoWithTheLastOne) {
  const std::int64_t own = add_asset("a");
  const std::int64_t sent = add_asset("b");
  const GarmentId first =
      add(kAda, named("1", {{.asset = own, .is_sent = false}, {.asset = sent, .is_sent = true}}));
  const GarmentId second = add(kAda, named("2", {{.asset = sent, .is_sent = false}}));
  EXPECT_THAT(wardrobe().remove(kAda, first).value(), IsEmpty());
  const auto changed = wardrobe().change(
      kAda, second,
      [](const Garment& garment) -> Result<GarmentDraft> {
        return GarmentDraft{.fields = garment.fields, .photos = {}};
      },
      kEvening);
  EXPECT_THAT(changed->unused, ElementsAre(sent));
  EXPECT_THAT(changed->garment.photos, IsEmpty());
}

TEST_P(WardrobeStoreContract, AllOfAUserGoes) {
  const std::int64_t sent = add_asset("a");
  const std::int64_t shared = add_asset("b");
  const GarmentId id =
      add(kAda, named("1", {{.asset = sent, .is_sent = true}, {.asset = shared, .is_sent = true}}));
  ASSERT_TRUE(wardrobe().wear(kAda, id, "2026-03-01"));
  add(kBob, named("2", {{.asset = shared, .is_sent = true}}));
  EXPECT_THAT(wardrobe().users().value(), ElementsAre(kAda, kBob));
  EXPECT_THAT(wardrobe().remove_all(kAda).value(), ElementsAre(sent));
  EXPECT_THAT(names(kAda), IsEmpty());
  EXPECT_THAT(names(kBob), ElementsAre("2"));
  EXPECT_THAT(wardrobe().users().value(), ElementsAre(kBob));
  EXPECT_THAT(wardrobe().remove_all(kBob).value(), ElementsAre(shared));
}

TEST_P(WardrobeStoreContract, ATableIsReadBack) {
  const std::int64_t photo = add_asset("a");
  const GarmentId coat = add(kAda, named("coat", {{.asset = photo, .is_sent = true}}));
  ASSERT_TRUE(wardrobe().wear(kAda, coat, "2026-03-01"));
  add(kAda, named("hat"));
  const auto before = wardrobe().all(kAda).value();
  const auto rows = parse_garments_csv(garments_csv(before), values(), 10, kEvening).value();
  const auto same = wardrobe().import(kAda, rows, kEvening).value();
  EXPECT_EQ(same.updated, 2);
  EXPECT_EQ(same.created, 0);
  EXPECT_THAT(same.unused, IsEmpty());
  const auto after = wardrobe().all(kAda).value();
  ASSERT_EQ(after.size(), before.size());
  for (std::size_t i = 0; i < after.size(); ++i) {
    EXPECT_EQ(after[i].fields, before[i].fields);
    EXPECT_EQ(after[i].photos, before[i].photos);
    EXPECT_EQ(after[i].worn_on, before[i].worn_on);
  }
  ASSERT_TRUE(wardrobe().remove_all(kAda));
  EXPECT_EQ(wardrobe().import(kAda, rows, kEvening)->created, 2);
  EXPECT_THAT(names(kAda), ElementsAre("hat", "coat"));
  EXPECT_THAT(wardrobe().list(kAda, {.text = "coat"}, 0, 1)->front().last_worn_on, "2026-03-01");
}

TEST_P(WardrobeStoreContract, AWardrobeHasAnEnd) {
  ASSERT_NO_FATAL_FAILURE(fill(kAda));
  const auto refused = wardrobe().add(kAda, named("one more"), kMorning);
  EXPECT_EQ(refused.error().code, ErrorCode::kInvalid);
  EXPECT_EQ(refused.error().field, "wardrobe");
  const GarmentRow row{.id = {}, .draft = named("one more")};
  EXPECT_EQ(wardrobe().import(kAda, std::span(&row, 1), kMorning).error().field, "wardrobe");
  EXPECT_EQ(wardrobe().all(kAda)->size(), WardrobeStore::kMaxGarments);
  EXPECT_TRUE(wardrobe().add(kBob, named("one"), kMorning));
}

TEST_P(WardrobeStoreContract, AddsAtOnceAreAllKept) {
  std::atomic<int> failures = 0;
  {
    std::vector<std::jthread> threads;
    for (int i = 0; i < 4; ++i) {
      threads.emplace_back([this, i, &failures] {
        for (int j = 0; j < 5; ++j) {
          const auto added = wardrobe().add(kAda, named(std::to_string(i * 10 + j)), kMorning);
          if (!added) ++failures;
        }
      });
    }
  }
  EXPECT_EQ(failures, 0);
  EXPECT_EQ(wardrobe().all(kAda)->size(), 20U);
}

INSTANTIATE_TEST_SUITE_P(Engines, WardrobeStoreContract, ::testing::ValuesIn(store::testing::engines()),
                         [](const auto& engine) { return engine.param.name; });

}  // namespace
}  // namespace fit::style
