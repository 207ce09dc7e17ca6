// The table of feedback, on each engine.
#include "style/feedback/feedback_store.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <thread>

#include "store/test_support.h"

namespace fit::style {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

const Timestamp kStart = parse_rfc3339("time", "2026-03-01T10:00:00Z").value();

Timestamp minute(int number) {
  return kStart + std::chrono::minutes(number);
}

NewFeedback given(Signal signal, const std::string& item) {
  return {.target = parse_target("item", item).value(), .signal = signal};
}

NewFeedback rated(const std::string& item, double value) {
  return {.target = parse_target("item", item).value(), .signal = Signal::kRating, .value = value};
}

NewFeedback worn(const std::string& garment, const std::string& key) {
  return {.target = parse_target("garment", garment).value(),
          .signal = Signal::kWear,
          .value = {},
          .context = nullptr,
          .key = key};
}

class FeedbackStoreContract : public ::testing::TestWithParam<store::testing::Engine> {
 protected:
  void SetUp() override {
    if (!GetParam().is_available()) GTEST_SKIP() << "PostgreSQL is not installed";
    store_ = store::open_catalogue(GetParam().url(folder_)).value();
  }

  FeedbackStore feedback() { return FeedbackStore(store_->database()); }
  FeedbackStore::Recorded record(const Person& person, const NewFeedback& given, int at = 0) {
    const auto recorded = feedback().record(person, given, minute(at));
    EXPECT_TRUE(recorded) << recorded.error().describe();
    return recorded.value();
  }
  // "signal target" of all, in the order of time; of a rating with its value.
  std::vector<std::string> read(const Person& person) {
    std::vector<std::string> shown;
    const auto all = feedback().history(person).value();
    for (const Feedback& one : all) {
      std::string text(to_string(one.signal));
      text += " " + one.target.id;
      if (one.value) text += " " + std::to_string(static_cast<int>(*one.value));
      shown.push_back(std::move(text));
    }
    return shown;
  }

  const Person ada_ = Person::user(1);
  const Person bob_ = Person::user(2);
  const Person phone_ = Person::device("phone-0123456789").value();
  TempDir folder_;
  std::unique_ptr<store::Catalogue> store_;
};

TEST_P(FeedbackStoreContract, ASignalIsStoredOnce) {
  NewFeedback like = given(Signal::kLike, "7");
  like.context = {{"page", "for you"}};
  const auto first = record(ada_, like, 1);
  EXPECT_TRUE(first.is_new);
  const auto again = record(ada_, given(Signal::kLike, "7"), 5);
  EXPECT_FALSE(again.is_new);
  EXPECT_EQ(again.feedback, first.feedback);
  EXPECT_EQ(again.feedback.given_at, minute(1));
  EXPECT_EQ(again.feedback.context, R"({"page":"for you"})");
  EXPECT_TRUE(record(ada_, given(Signal::kSave, "7")).is_new);
  EXPECT_TRUE(record(bob_, given(Signal::kLike, "7")).is_new);
  EXPECT_THAT(read(ada_), ElementsAre("save 7", "like 7"));
  EXPECT_THAT(read(bob_), ElementsAre("like 7"));
}

TEST_P(FeedbackStoreContract, AnEventIsStoredOnceByItsKey) {
  EXPECT_TRUE(record(ada_, worn("3", "monday")).is_new);
  EXPECT_TRUE(record(ada_, worn("3", "tuesday"), 1).is_new);
  EXPECT_FALSE(record(ada_, worn("3", "monday"), 2).is_new);
  EXPECT_THAT(read(ada_), ElementsAre("wear 3", "wear 3"));
  const auto other = feedback().record(ada_, worn("4", "monday"), kStart);
  EXPECT_EQ(other.error().code, ErrorCode::kConflict);
  EXPECT_EQ(other.error().field, "key");
  EXPECT_TRUE(record(bob_, worn("4", "monday")).is_new) << "keys are a person's own";
}

TEST_P(FeedbackStoreContract, TheLatestOpinionHolds) {
  record(ada_, given(Signal::kLike, "7"), 1);
  record(ada_, given(Signal::kDislike, "7"), 2);
  record(ada_, rated("8", 2), 3);
  const auto changed = record(ada_, rated("8", 5), 4);
  EXPECT_FALSE(changed.is_new);
  EXPECT_EQ(changed.feedback.given_at, minute(4));
  EXPECT_THAT(read(ada_), ElementsAre("dislike 7", "rating 8 5"));
  record(ada_, given(Signal::kLike, "7"), 5);
  EXPECT_THAT(read(ada_), ElementsAre("rating 8 5", "like 7"));
}

TEST_P(FeedbackStoreContract, WrongFeedbackChangesNothing) {
  EXPECT_EQ(feedback().record(ada_, rated("8", 9), kStart).error().field, "value");
  EXPECT_EQ(feedback().revision(ada_).value(), 0);
  EXPECT_THAT(read(ada_), IsEmpty());
}

TEST_P(FeedbackStoreContract, IsUndoneAndForgotten) {
  record(ada_, given(Signal::kLike, "7"));
  const auto save = record(ada_, given(Signal::kSave, "7"), 1);
  record(ada_, worn("3", "a"), 2);
  record(ada_, worn("3", "b"), 3);
  record(bob_, given(Signal::kLike, "7"));
  const FeedbackTarget seven = parse_target("item", "7").value();
  EXPECT_EQ(feedback().undo(ada_, seven, Signal::kBuy).error().code, ErrorCode::kNotFound);
  ASSERT_TRUE(feedback().undo(ada_, seven, Signal::kLike));
  EXPECT_EQ(feedback().undo(ada_, seven, Signal::kLike).error().code, ErrorCode::kNotFound);
  ASSERT_TRUE(feedback().undo(ada_, parse_target("garment", "3").value(), Signal::kWear));
  EXPECT_THAT(read(ada_), ElementsAre("save 7"));
  EXPECT_EQ(feedback().forget(bob_, save.feedback.id).error().code, ErrorCode::kNotFound)
      << "somebody else's does not exist";
  ASSERT_TRUE(feedback().forget(ada_, save.feedback.id));
  EXPECT_EQ(feedback().forget(ada_, save.feedback.id).error().code, ErrorCode::kNotFound);
  EXPECT_THAT(read(ada_), IsEmpty());
  EXPECT_THAT(read(bob_), ElementsAre("like 7"));
}

TEST_P(FeedbackStoreContract, AllIsForgotten) {
  record(ada_, given(Signal::kLike, "7"));
  record(ada_, given(Signal::kHide, "8"));
  record(bob_, given(Signal::kLike, "7"));
  const std::int64_t before = feedback().revision(ada_).value();
  EXPECT_EQ(feedback().forget_all(ada_).value(), 2);
  EXPECT_EQ(feedback().forget_all(ada_).value(), 0);
  EXPECT_THAT(read(ada_), IsEmpty());
  EXPECT_THAT(read(bob_), ElementsAre("like 7"));
  EXPECT_EQ(feedback().revision(ada_).value(), 0);
  record(ada_, given(Signal::kLike, "9"));
  EXPECT_GT(feedback().revision(ada_).value(), before);
}

TEST_P(FeedbackStoreContract, UsersAreListed) {
  record(ada_, given(Signal::kLike, "7"));
  record(bob_, given(Signal::kLike, "7"));
  record(phone_, given(Signal::kLike, "7"));
  record(Person::named("key:7/user:9"), given(Signal::kLike, "7"));
  EXPECT_THAT(feedback().users().value(), ::testing::UnorderedElementsAre(1, 2));
  ASSERT_TRUE(feedback().forget_all(bob_));
  EXPECT_THAT(feedback().users().value(), ElementsAre(1));
}

TEST_P(FeedbackStoreContract, WhomAKeyNamesIsAPersonOfTheirOwn) {
  const Person ann = Person::named("key:7/ann");
  record(ann, given(Signal::kLike, "7"));
  EXPECT_THAT(read(ann), ElementsAre("like 7"));
  EXPECT_THAT(read(Person::named("key:8/ann")), IsEmpty());
  EXPECT_EQ(feedback().merge(phone_, ann).value(), 0);
  record(phone_, given(Signal::kSave, "8"), 1);
  EXPECT_EQ(feedback().merge(phone_, ann).value(), 1);
  EXPECT_THAT(read(ann), ElementsAre("like 7", "save 8"));
}

TEST_P(FeedbackStoreContract, IsListedByPages) {
  for (int i = 1; i <= 5; ++i) {
    record(ada_, given(i % 2 == 0 ? Signal::kLike : Signal::kClick, std::to_string(i)), i);
  }
  record(ada_, worn("5", ""), 6);
  const auto ids = [&](const FeedbackListOptions& options) {
    std::vector<std::string> found;
    const auto page = feedback().list(ada_, options).value();
    for (const Feedback& one : page) found.push_back(one.target.id);
    return found;
  };
  EXPECT_THAT(ids({.limit = 2}), ElementsAre("5", "5"));
  const auto first = feedback().list(ada_, {.limit = 2}).value();
  EXPECT_THAT(ids({.before = first.back().id.value, .limit = 3}), ElementsAre("4", "3", "2"));
  EXPECT_THAT(ids({.signal = Signal::kLike}), ElementsAre("4", "2"));
  EXPECT_THAT(ids({.kind = FeedbackTarget::Kind::kGarment}), ElementsAre("5"));
  EXPECT_THAT(ids({.kind = FeedbackTarget::Kind::kOutfit}), IsEmpty());
}

TEST_P(FeedbackStoreContract, ADeviceIsMergedIntoAUser) {
  record(ada_, given(Signal::kLike, "1"), 1);
  record(ada_, given(Signal::kLike, "2"), 2);
  record(ada_, rated("3", 1), 3);
  record(ada_, worn("9", "k"), 4);
  record(phone_, given(Signal::kLike, "1"), 5);
  record(phone_, given(Signal::kDislike, "2"), 6);
  record(phone_, rated("3", 4), 7);
  record(phone_, given(Signal::kHide, "4"), 8);
  record(phone_, worn("8", "k"), 9);
  const std::int64_t before = feedback().revision(ada_).value();
  EXPECT_EQ(feedback().merge(phone_, ada_).value(), 4);
  EXPECT_THAT(read(ada_), ElementsAre("wear 9", "like 1", "dislike 2", "rating 3 4", "hide 4"));
  EXPECT_THAT(read(phone_), IsEmpty());
  EXPECT_GT(feedback().revision(ada_).value(), before);
  EXPECT_EQ(feedback().merge(phone_, ada_).value(), 0);
  EXPECT_EQ(feedback().merge(ada_, ada_).value(), 0);
  EXPECT_EQ(read(ada_).size(), 5U);
}

TEST_P(FeedbackStoreContract, TheUsersLaterOpinionSurvivesAMerge) {
  record(phone_, given(Signal::kLike, "2"), 1);
  record(phone_, rated("3", 1), 1);
  record(ada_, given(Signal::kDislike, "2"), 2);
  record(ada_, rated("3", 5), 2);
  ASSERT_TRUE(feedback().merge(phone_, ada_));
  EXPECT_THAT(read(ada_), ElementsAre("dislike 2", "rating 3 5"));
}

TEST_P(FeedbackStoreContract, ConcurrentRepetitionsAreStoredOnce) {
  std::vector<std::thread> threads;
  std::atomic<int> stored = 0;
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([&] {
      for (int i = 1; i <= 10; ++i) {
        const auto recorded = feedback().record(ada_, given(Signal::kLike, std::to_string(i)), kStart);
        if (recorded && recorded->is_new) ++stored;
      }
    });
  }
  for (std::thread& one : threads) one.join();
  EXPECT_EQ(stored, 10);
  EXPECT_EQ(read(ada_).size(), 10U);
}

TEST_P(FeedbackStoreContract, TheOldestAreDropped) {
  ASSERT_TRUE(store_->database().write(
      sql::Ordering::kUnordered, [&](sql::SqlConnection& connection) -> Result<void> {
        for (std::size_t i = 1; i <= FeedbackStore::kMaxOfPerson; ++i) {
          const std::string item = std::to_string(i);
          FIT_CHECK(
              connection.execute("INSERT INTO feedback (person, target_kind, target, signal, event_key, "
                                 "context, given_at) VALUES ($1, 'item', $2, 'click', '', '', $3)",
                                 {std::string_view(ada_.str()), std::string_view(item), std::int64_t{1}}));
        }
        return {};
      }));
  record(ada_, given(Signal::kLike, "1"));
  const auto all = feedback().history(ada_).value();
  EXPECT_EQ(all.size(), FeedbackStore::kMaxOfPerson);
  EXPECT_EQ(all.front().target.id, "2");
  EXPECT_EQ(all.back().signal, Signal::kLike);
}

INSTANTIATE_TEST_SUITE_P(Engines, FeedbackStoreContract, ::testing::ValuesIn(store::testing::engines()),
                         [](const auto& engine) { return engine.param.name; });

}  // namespace
}  // namespace fit::style
