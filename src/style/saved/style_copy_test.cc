// Copies of what people own, wear, save and think, between databases of every engine.
#include "style/saved/style_copy.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <memory>
#include <stop_token>
#include <tuple>

#include "base/temp_dir.h"
#include "store/test_support.h"
#include "style/feedback/feedback_store.h"
#include "style/saved/saved_outfit_store.h"
#include "style/wardrobe/wardrobe_store.h"

namespace fit::style {
namespace {

using ::testing::ElementsAre;
using ::testing::SizeIs;

constexpr std::int64_t kOwner = 1;
constexpr Timestamp kNoon{std::chrono::microseconds(1'700'000'000'000'000)};

const ontology::Ontology& words() {
  static const ontology::Ontology kWords = ontology::Ontology::load().value();
  return kWords;
}

using Engines = std::tuple<store::testing::Engine, store::testing::Engine>;

class StyleCopyContract : public ::testing::TestWithParam<Engines> {
 protected:
  void SetUp() override {
    const auto& [from, to] = GetParam();
    if (!from.is_available() || !to.is_available()) GTEST_SKIP() << "PostgreSQL is not installed";
    from_ = store::open_catalogue(from.url(from_folder_)).value();
    to_ = store::open_catalogue(to.url(to_folder_)).value();
  }

  TempDir from_folder_;
  TempDir to_folder_;
  std::unique_ptr<store::Catalogue> from_;
  std::unique_ptr<store::Catalogue> to_;
};

TEST_P(StyleCopyContract, CopiesEverythingAgainAndAgain) {
  WardrobeStore wardrobe(from_->database(), words());
  SavedOutfitStore outfits(from_->database());
  FeedbackStore feedback(from_->database());
  const Person ada = Person::user(kOwner);
  GarmentDraft draft;
  draft.fields.name = "Coat \xc3\xa9 \"quoted\"";
  draft.fields.price = 12.345;
  draft.fields.currency = "EUR";
  draft.fields.tags = {"warm", "old"};
  const GarmentId first = wardrobe.add(kOwner, GarmentDraft{}, kNoon).value().id;
  const GarmentId coat = wardrobe.add(kOwner, draft, kNoon).value().id;
  ASSERT_TRUE(wardrobe.wear(kOwner, coat, "2026-03-01"));
  const SavedOutfitId outfit = outfits
                                   .add(kOwner,
                                        {.name = "Work",
                                         .notes = "",
                                         .pieces = {{.garment = coat}, {.item = ItemId{7}}},
                                         .planned_for = {"2026-03-02"}},
                                        kNoon)
                                   .value()
                                   .id;
  ASSERT_TRUE(outfits.share(kOwner, outfit, "a-token"));
  ASSERT_TRUE(outfits.wear(kOwner, outfit, "2026-03-03"));
  const NewFeedback rated{
      .target = parse_target("garment", coat.str()).value(), .signal = Signal::kRating, .value = 4.5};
  ASSERT_TRUE(feedback.record(ada, rated, kNoon));

  const StyleCounts counts = copy_style(from_->database(), to_->database(), {}).value();
  EXPECT_EQ(counts.garments, 2);
  EXPECT_EQ(counts.outfits, 1);
  EXPECT_EQ(counts.feedback, 1);
  WardrobeStore their_wardrobe(to_->database(), words());
  const Garment copied = their_wardrobe.get(kOwner, coat).value();
  const Garment original = wardrobe.get(kOwner, coat).value();
  EXPECT_EQ(copied.fields, original.fields);
  EXPECT_EQ(copied.worn_on, original.worn_on);
  EXPECT_EQ(copied.created_at, original.created_at);
  EXPECT_FALSE(their_wardrobe.get(kOwner, first).value().fields.price);
  SavedOutfitStore their_outfits(to_->database());
  const SavedOutfit saved = their_outfits.shared("a-token").value();
  EXPECT_EQ(saved.fields, outfits.get(kOwner, outfit).value().fields);
  EXPECT_THAT(saved.worn_on, ElementsAre("2026-03-03"));
  FeedbackStore their_feedback(to_->database());
  EXPECT_EQ(their_feedback.history(ada).value(), feedback.history(ada).value());
  EXPECT_EQ(their_feedback.revision(ada).value(), feedback.revision(ada).value());

  // The copy follows, and its new rows get ids of their own.
  ASSERT_TRUE(wardrobe.remove(kOwner, coat));
  const GarmentId added = their_wardrobe.add(kOwner, GarmentDraft{}, kNoon).value().id;
  EXPECT_GT(added.value, coat.value);
  ASSERT_TRUE(copy_style(from_->database(), to_->database(), {}));
  EXPECT_THAT(their_wardrobe.all(kOwner).value(), SizeIs(1));
  EXPECT_THAT(their_feedback.history(ada).value(), SizeIs(0)) << "feedback goes with its garment";
}

TEST_P(StyleCopyContract, ACancelledCopyChangesNothing) {
  WardrobeStore theirs(to_->database(), words());
  ASSERT_TRUE(theirs.add(kOwner, GarmentDraft{}, kNoon));
  std::stop_source stop;
  stop.request_stop();
  EXPECT_EQ(copy_style(from_->database(), to_->database(), stop.get_token()).error().code,
            ErrorCode::kCancelled);
  EXPECT_THAT(theirs.all(kOwner).value(), SizeIs(1));
}

INSTANTIATE_TEST_SUITE_P(Engines, StyleCopyContract,
                         ::testing::Combine(::testing::ValuesIn(store::testing::engines()),
                                            ::testing::ValuesIn(store::testing::engines())),
                         [](const auto& engines) {
                           return std::get<0>(engines.param).name + "To" + std::get<1>(engines.param).name;
                         });

}  // namespace
}  // namespace fit::style
