// The tables of saved outfits, on each engine.
#include "style/saved/saved_outfit_store.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/format.h"
#include "store/test_support.h"
#include "style/wardrobe/wardrobe_store.h"

namespace fit::style {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::UnorderedElementsAre;

constexpr std::int64_t kAda = 1;
constexpr std::int64_t kBob = 2;
const Timestamp kMorning = parse_rfc3339("time", "2026-03-01T10:00:00Z").value();
const Timestamp kEvening = parse_rfc3339("time", "2026-03-01T20:00:00Z").value();

const ontology::Ontology& values() {
  static const ontology::Ontology kValues = ontology::Ontology::load().value();
  return kValues;
}

SavedPiece item_piece(std::int64_t id) {
  return {.item = ItemId{id}, .garment = {}};
}

SavedPiece garment_piece(GarmentId id) {
  return {.item = {}, .garment = id};
}

SavedOutfitFields named(const std::string& name, std::vector<std::string> days = {}) {
  return {.name = name, .notes = {}, .pieces = {item_piece(7)}, .planned_for = std::move(days)};
}

class SavedOutfitStoreContract : public ::testing::TestWithParam<store::testing::Engine> {
 protected:
  void SetUp() override {
    if (!GetParam().is_available()) GTEST_SKIP() << "PostgreSQL is not installed";
    store_ = store::open_catalogue(GetParam().url(folder_)).value();
  }

  SavedOutfitStore outfits() { return SavedOutfitStore(store_->database()); }
  WardrobeStore wardrobe() { return {store_->database(), values()}; }
  SavedOutfitId add(std::int64_t user, const SavedOutfitFields& fields) {
    const auto added = outfits().add(user, fields, kMorning);
    EXPECT_TRUE(added) << added.error().describe();
    return added.value().id;
  }
  GarmentId add_garment(std::int64_t user) {
    return wardrobe().add(user, {.fields = {.name = "coat"}, .photos = {}}, kMorning).value().id;
  }
  std::vector<std::string> names(std::int64_t user, const SavedOutfitQuery& query = {}) {
    std::vector<std::string> found;
    const auto listed = outfits().list(user, query).value();
    for (const SavedOutfit& one : listed) found.push_back(one.fields.name);
    return found;
  }

  TempDir folder_;
  std::unique_ptr<store::Catalogue> store_;
};

TEST_P(SavedOutfitStoreContract, AnOutfitIsKeptAsItIs) {
  const SavedOutfitFields fields{.name = "Work",
                                 .notes = "one\ntwo",
                                 .pieces = {item_piece(9), garment_piece(GarmentId{4}), item_piece(3)},
                                 .planned_for = {"2026-03-02", "2026-03-05"}};
  const SavedOutfitId id = add(kAda, fields);
  const SavedOutfit stored = outfits().get(kAda, id).value();
  EXPECT_EQ(stored.fields, fields);
  EXPECT_EQ(stored.user, kAda);
  EXPECT_EQ(stored.share_token, "");
  EXPECT_THAT(stored.worn_on, IsEmpty());
  const SavedOutfitFields other{
      .name = "Party", .notes = {}, .pieces = {item_piece(3)}, .planned_for = {"2026-03-05"}};
  const auto changed = outfits().change(
      kAda, id, [&](const SavedOutfit&) { return Result<SavedOutfitFields>(other); }, kEvening);
  ASSERT_TRUE(changed) << changed.error().describe();
  EXPECT_EQ(changed->fields, other);
  EXPECT_EQ(changed->created_at, kMorning);
  EXPECT_EQ(changed->updated_at, kEvening);
  ASSERT_TRUE(outfits().remove(kAda, id));
  EXPECT_EQ(outfits().get(kAda, id).error().code, ErrorCode::kNotFound);
  EXPECT_THAT(names(kAda), IsEmpty());
}

TEST_P(SavedOutfitStoreContract, PiecesAreThoseOfTheUsersOwnOutfits) {
  SavedOutfitFields fields = named("Work");
  fields.pieces = {item_piece(9), garment_piece(GarmentId{4})};
  const std::vector<std::int64_t> ids = {add(kAda, fields).value, add(kBob, named("Party")).value, 99'999};
  const auto found = outfits().pieces(kAda, ids).value();
  ASSERT_EQ(found.size(), 1U);
  EXPECT_THAT(found[0], UnorderedElementsAre(OutfitPieceId{PieceKind::kItem, 9},
                                             OutfitPieceId{PieceKind::kGarment, 4}));
  EXPECT_THAT(outfits().pieces(kAda, {}).value(), IsEmpty());
}

TEST_P(SavedOutfitStoreContract, OutfitsAreFoundByPlannedDays) {
  add(kAda, named("a", {"2026-03-01", "2026-03-09"}));
  add(kAda, named("b"));
  add(kAda, named("c", {"2026-03-05"}));
  add(kBob, named("d", {"2026-03-05"}));
  EXPECT_THAT(names(kAda), ElementsAre("c", "b", "a"));
  EXPECT_THAT(names(kAda, {.from = "2026-03-02", .to = "2026-03-08"}), ElementsAre("c"));
  EXPECT_THAT(names(kAda, {.from = "2026-03-05"}), ElementsAre("c", "a"));
  EXPECT_THAT(names(kAda, {.to = "2026-03-01"}), ElementsAre("a"));
  EXPECT_THAT(names(kAda, {.from = "2026-03-06", .to = "2026-03-02"}), IsEmpty());
  const auto first = outfits().list(kAda, {.limit = 2}).value();
  EXPECT_THAT(names(kAda, {.before = first.back().id.value, .limit = 2}), ElementsAre("a"));
}

TEST_P(SavedOutfitStoreContract, OutfitsOfOthersDoNotExist) {
  const SavedOutfitId id = add(kAda, named("a"));
  const auto make = [](const SavedOutfit& outfit) { return Result<SavedOutfitFields>(outfit.fields); };
  EXPECT_EQ(outfits().get(kBob, id).error().code, ErrorCode::kNotFound);
  EXPECT_EQ(outfits().change(kBob, id, make, kEvening).error().code, ErrorCode::kNotFound);
  EXPECT_EQ(outfits().remove(kBob, id).error().code, ErrorCode::kNotFound);
  EXPECT_EQ(outfits().wear(kBob, id, "2026-03-01").error().code, ErrorCode::kNotFound);
  EXPECT_EQ(outfits().share(kBob, id, "token").error().code, ErrorCode::kNotFound);
  EXPECT_EQ(outfits().unshare(kBob, id).error().code, ErrorCode::kNotFound);
  EXPECT_THAT(outfits().get(kAda, id)->worn_on, IsEmpty());
}

TEST_P(SavedOutfitStoreContract, AWearIsOneOfEachGarmentToo) {
  const GarmentId coat = add_garment(kAda);
  const GarmentId gone = add_garment(kAda);
  const GarmentId bobs = add_garment(kBob);
  SavedOutfitFields fields = named("a");
  for (const GarmentId garment : {coat, gone, bobs}) fields.pieces.push_back(garment_piece(garment));
  const SavedOutfitId id = add(kAda, fields);
  ASSERT_TRUE(wardrobe().remove(kAda, gone));
  EXPECT_TRUE(outfits().wear(kAda, id, "2026-03-02").value());
  EXPECT_FALSE(outfits().wear(kAda, id, "2026-03-02").value());
  EXPECT_TRUE(outfits().wear(kAda, id, "2026-03-01").value());
  EXPECT_THAT(outfits().get(kAda, id)->worn_on, ElementsAre("2026-03-01", "2026-03-02"));
  EXPECT_THAT(wardrobe().get(kAda, coat)->worn_on, ElementsAre("2026-03-01", "2026-03-02"));
  EXPECT_THAT(wardrobe().get(kBob, bobs)->worn_on, IsEmpty());
  EXPECT_EQ(outfits().get(kAda, id)->fields.pieces.size(), 4U) << "what is gone stays as a gap";
  ASSERT_TRUE(outfits().undo_wear(kAda, id, "2026-03-01"));
  EXPECT_EQ(outfits().undo_wear(kAda, id, "2026-03-01").error().code, ErrorCode::kNotFound);
  EXPECT_THAT(outfits().get(kAda, id)->worn_on, ElementsAre("2026-03-02"));
  EXPECT_EQ(wardrobe().get(kAda, coat)->wears, 2);
}

TEST_P(SavedOutfitStoreContract, ALinkIsKeptUntilItIsTakenBack) {
  const SavedOutfitId id = add(kAda, named("a"));
  add(kAda, named("b"));
  EXPECT_EQ(outfits().shared("one").error().code, ErrorCode::kNotFound);
  EXPECT_EQ(outfits().shared("").error().code, ErrorCode::kNotFound);
  EXPECT_TRUE(outfits().share(kAda, id, "one").value());
  EXPECT_FALSE(outfits().share(kAda, id, "two").value());
  EXPECT_EQ(outfits().shared("one")->id, id);
  EXPECT_EQ(outfits().shared("two").error().code, ErrorCode::kNotFound);
  ASSERT_TRUE(outfits().unshare(kAda, id));
  ASSERT_TRUE(outfits().unshare(kAda, id));
  EXPECT_EQ(outfits().shared("one").error().code, ErrorCode::kNotFound);
  EXPECT_TRUE(outfits().share(kAda, id, "two").value());
  EXPECT_EQ(outfits().get(kAda, id)->share_token, "two");
}

TEST_P(SavedOutfitStoreContract, OutfitsGoWithTheWardrobe) {
  const SavedOutfitId id = add(kAda, named("a", {"2026-03-01"}));
  ASSERT_TRUE(outfits().share(kAda, id, "one"));
  ASSERT_TRUE(outfits().wear(kAda, id, "2026-03-01"));
  add(kBob, named("b"));
  EXPECT_THAT(wardrobe().users().value(), ElementsAre(kAda, kBob));
  ASSERT_TRUE(wardrobe().remove_all(kAda));
  EXPECT_THAT(outfits().all(kAda).value(), IsEmpty());
  EXPECT_EQ(outfits().shared("one").error().code, ErrorCode::kNotFound);
  EXPECT_THAT(names(kBob), ElementsAre("b"));
  EXPECT_THAT(wardrobe().users().value(), ElementsAre(kBob));
}

TEST_P(SavedOutfitStoreContract, OutfitsHaveAnEnd) {
  add(kAda, named("first"));
  // One statement adds the others.
  const auto filled = store_->database().write(
      sql::Ordering::kUnordered, [&](sql::SqlConnection& connection) -> Result<std::int64_t> {
        return connection.execute(
            fit::format(
                "WITH RECURSIVE numbers (n) AS (SELECT 2 UNION ALL SELECT n + 1 FROM numbers WHERE n < {}) "
                "INSERT INTO saved_outfits (user_id, name, notes, created_at, updated_at) SELECT 1, 'x', "
                "'', 0, 0 FROM numbers",
                SavedOutfitStore::kMaxOutfits),
            {});
      });
  ASSERT_TRUE(filled) << filled.error().describe();
  EXPECT_EQ(outfits().add(kAda, named("one more"), kMorning).error().field, "outfits");
  EXPECT_EQ(outfits().all(kAda)->size(), SavedOutfitStore::kMaxOutfits);
  EXPECT_TRUE(outfits().add(kBob, named("one"), kMorning));
}

TEST_P(SavedOutfitStoreContract, DaysOfWearHaveAnEnd) {
  const GarmentId coat = add_garment(kAda);
  SavedOutfitFields fields = named("a");
  fields.pieces.push_back(garment_piece(coat));
  const SavedOutfitId id = add(kAda, fields);
  ASSERT_TRUE(outfits().wear(kAda, id, "2026-03-01"));
  const auto filled = store_->database().write(
      sql::Ordering::kUnordered, [&](sql::SqlConnection& connection) -> Result<std::int64_t> {
        return connection.execute(
            fit::format(
                "WITH RECURSIVE numbers (n) AS (SELECT 2 UNION ALL SELECT n + 1 FROM numbers WHERE n < {}) "
                "INSERT INTO saved_outfit_wears (outfit_id, worn_on) SELECT {}, CAST(n AS TEXT) FROM numbers",
                SavedOutfitStore::kMaxWears, id.str()),
            {});
      });
  ASSERT_TRUE(filled) << filled.error().describe();
  EXPECT_FALSE(outfits().wear(kAda, id, "2026-03-01").value());
  EXPECT_EQ(outfits().wear(kAda, id, "2026-03-02").error().field, "date");
  EXPECT_EQ(outfits().get(kAda, id)->worn_on.size(), SavedOutfitStore::kMaxWears);
  EXPECT_THAT(wardrobe().get(kAda, coat)->worn_on, ElementsAre("2026-03-01"));
}

INSTANTIATE_TEST_SUITE_P(Engines, SavedOutfitStoreContract, ::testing::ValuesIn(store::testing::engines()),
                         [](const auto& engine) { return engine.param.name; });

TEST(SavedOutfitTest, FieldsAreSettled) {
  SavedOutfitFields fields = named(" Work ", {"2026-03-05", "2026-03-02", "2026-03-05"});
  fields.notes = "one\ntwo ";
  const SavedOutfitFields settled = check_saved_outfit(fields).value();
  EXPECT_EQ(settled.name, "Work");
  EXPECT_EQ(settled.notes, "one\ntwo");
  EXPECT_THAT(settled.planned_for, ElementsAre("2026-03-02", "2026-03-05"));
}

TEST(SavedOutfitTest, MistakesAreNamed) {
  const auto field_of = [](const SavedOutfitFields& fields) {
    return check_saved_outfit(fields).error().field;
  };
  EXPECT_EQ(field_of(named(std::string(201, 'x'))), "name");
  EXPECT_EQ(field_of(named("a\nb")), "name");
  EXPECT_EQ(field_of(named("\xFF")), "name");
  EXPECT_EQ(field_of(named("a", {"2026-03-01", "2026-02-30"})), "planned_for[1]");
  EXPECT_EQ(field_of(named("a", std::vector<std::string>(101, "2026-03-01"))), "planned_for");
  SavedOutfitFields fields = named("a");
  fields.pieces = {};
  EXPECT_EQ(field_of(fields), "pieces");
  fields.pieces = {item_piece(1), item_piece(2), item_piece(1)};
  EXPECT_EQ(field_of(fields), "pieces[2]");
  fields.pieces = {item_piece(1), {}};
  EXPECT_EQ(field_of(fields), "pieces[1]");
  fields.pieces.clear();
  for (std::int64_t i = 1; i <= 13; ++i) fields.pieces.push_back(item_piece(i));
  EXPECT_EQ(field_of(fields), "pieces");
}

}  // namespace
}  // namespace fit::style
