// Adapted weights in the database of each engine.
#include "style/fusion/adaptive_fusion.h"

#include <gtest/gtest.h>

#include <atomic>
#include <thread>

#include "store/test_support.h"
#include "style/feedback/feedback_store.h"

namespace fit::style {
namespace {

const Timestamp kNoon = parse_rfc3339("time", "2026-03-01T12:00:00Z").value();
const search::FusionWeights kBoth{.parts = {1, 0, 0, 0, 0}, .spaces = {1, 1}};

class AdaptiveFusionContract : public ::testing::TestWithParam<store::testing::Engine> {
 protected:
  void SetUp() override {
    if (!GetParam().is_available()) GTEST_SKIP() << "PostgreSQL is not installed";
    store_ = store::open_catalogue(GetParam().url(folder_)).value();
    fusion_ = std::make_unique<AdaptiveFusion>(parts(1));
  }

  AdaptiveFusion::Parts parts(double share) {
    return {.database = store_->database(), .log = Log::silent(), .metrics = metrics_, .share = share};
  }

  static FusionSignals signals() { return fusion_signals(kBoth, {"near", "far"}); }

  // Shows two items, of which the second is what the second space says.
  void show(const Person& person, Timestamp time = kNoon, std::int64_t first = 1) {
    ShownSearch shown{.signals = signals(), .hits = {}};
    shown.hits.push_back({.item = ItemId{first}, .is_fixed = true, .spaces = {0.9, 0.1}});
    shown.hits.push_back({.item = ItemId{first + 1}, .is_adapted = true, .spaces = {0.1, 0.9}});
    ASSERT_TRUE(fusion_->note_shown(person, FusionType::kPhoto, shown, time));
  }

  bool choose_item(const Person& person, std::int64_t item, Timestamp time = kNoon) {
    const auto learned = fusion_->learn(person, ItemId{item}, time);
    EXPECT_TRUE(learned) << learned.error().describe();
    return learned.value();
  }

  // The weight of the second space.
  double far(const Person* person) {
    const auto choice = fusion_->choose(FusionType::kPhoto, signals(), kBoth, person, false).value();
    return choice.weights.spaces[1];
  }

  std::int64_t count(const std::string& table) {
    return store_->database()
        .read([&](sql::SqlConnection& connection) {
          return connection.query_integer("SELECT COUNT(*) FROM " + table, {});
        })
        .value()
        .value();
  }

  TempDir folder_;
  Metrics metrics_;
  std::unique_ptr<store::Catalogue> store_;
  std::unique_ptr<AdaptiveFusion> fusion_;
  const Person ann_ = Person::user(1);
  const Person bob_ = Person::user(2);
};

TEST_P(AdaptiveFusionContract, LearnsFromAChoice) {
  EXPECT_EQ(far(nullptr), 1);
  show(ann_);
  EXPECT_TRUE(choose_item(ann_, 2));
  EXPECT_GT(far(nullptr), 1);
  EXPECT_GT(far(&ann_), far(&bob_));
  EXPECT_EQ(far(&bob_), far(nullptr));
}

TEST_P(AdaptiveFusionContract, ASearchTeachesOnce) {
  show(ann_);
  EXPECT_TRUE(choose_item(ann_, 2));
  const double learned = far(nullptr);
  EXPECT_FALSE(choose_item(ann_, 1));
  EXPECT_EQ(far(nullptr), learned);
}

TEST_P(AdaptiveFusionContract, OnlyWhatWasShownToThePersonCounts) {
  show(ann_);
  EXPECT_FALSE(choose_item(bob_, 2));
  EXPECT_FALSE(choose_item(ann_, 3));
  EXPECT_FALSE(choose_item(ann_, 2, kNoon + std::chrono::hours(2)));
  EXPECT_EQ(far(nullptr), 1);
}

TEST_P(AdaptiveFusionContract, APersonTeachesTenTimesADay) {
  for (int i = 0; i < AdaptiveFusion::kLessonsPerDay; ++i) {
    show(ann_);
    EXPECT_TRUE(choose_item(ann_, 2));
  }
  const double after_ten = far(&ann_);
  for (int i = 0; i < 50; ++i) {
    show(ann_);
    EXPECT_FALSE(choose_item(ann_, 2));
  }
  EXPECT_EQ(far(&ann_), after_ten);
  show(bob_);
  EXPECT_TRUE(choose_item(bob_, 2));
  const Timestamp tomorrow = kNoon + std::chrono::days(1);
  show(ann_, tomorrow);
  EXPECT_TRUE(choose_item(ann_, 2, tomorrow));
  EXPECT_EQ(count("fusion_quotas"), 1);
}

TEST_P(AdaptiveFusionContract, ForgettingFeedbackDoesNotRenewTheQuota) {
  for (int i = 0; i < AdaptiveFusion::kLessonsPerDay; ++i) {
    show(ann_);
    choose_item(ann_, 2);
  }
  ASSERT_TRUE(FeedbackStore(store_->database()).forget_all(ann_));
  show(ann_);
  EXPECT_FALSE(choose_item(ann_, 2));
}

TEST_P(AdaptiveFusionContract, FewSearchesWaitForAChoice) {
  for (std::int64_t i = 0; i < 30; ++i) show(ann_, kNoon, 10 * i);
  EXPECT_EQ(count("fusion_searches"), std::int64_t{AdaptiveFusion::kMostSearches});
}

TEST_P(AdaptiveFusionContract, SearchesWaitAnHourForAChoice) {
  show(ann_);
  show(bob_, kNoon + std::chrono::minutes(30));
  ASSERT_TRUE(fusion_->remove_expired(kNoon + std::chrono::minutes(61)));
  EXPECT_EQ(count("fusion_searches"), 1);
  fusion_->start();
  while (count("fusion_searches") > 0) std::this_thread::yield();
  fusion_->stop();
}

TEST_P(AdaptiveFusionContract, FeedbackTakesThePersonsPartAlong) {
  FeedbackStore feedback(store_->database());
  const FeedbackTarget target = parse_target("item", "2").value();
  const auto teach = [&](const Person& person) {
    ASSERT_TRUE(feedback.record(person, {.target = target, .signal = Signal::kClick}, kNoon));
    show(person);
    ASSERT_TRUE(choose_item(person, 2));
    ASSERT_EQ(AdaptiveFusion::of_person(store_->database(), person).value().size(), 1U);
  };
  const auto parts_of = [&](const Person& person) {
    return AdaptiveFusion::of_person(store_->database(), person).value().size();
  };
  teach(ann_);
  ASSERT_TRUE(feedback.record(ann_, {.target = target, .signal = Signal::kLike}, kNoon));
  ASSERT_TRUE(feedback.undo(ann_, target, Signal::kLike));
  EXPECT_EQ(parts_of(ann_), 1U);
  ASSERT_TRUE(feedback.undo(ann_, target, Signal::kClick));
  EXPECT_EQ(parts_of(ann_), 0U);
  teach(ann_);
  const auto given = feedback.list(ann_, {}).value();
  ASSERT_TRUE(feedback.forget(ann_, given.front().id));
  EXPECT_EQ(parts_of(ann_), 0U);
  teach(ann_);
  show(ann_);
  ASSERT_TRUE(feedback.forget_all(ann_));
  EXPECT_EQ(parts_of(ann_), 0U);
  EXPECT_EQ(count("fusion_searches"), 0);
  EXPECT_GT(far(nullptr), 1);
}

// A user who is removed is found by it.
TEST_P(AdaptiveFusionContract, ASearchWithoutFeedbackIsForgottenToo) {
  show(ann_);
  FeedbackStore feedback(store_->database());
  EXPECT_EQ(feedback.users().value(), std::vector<std::int64_t>{1});
  ASSERT_TRUE(feedback.forget_all(ann_));
  EXPECT_EQ(count("fusion_searches"), 0);
  EXPECT_TRUE(feedback.users().value().empty());
}

TEST_P(AdaptiveFusionContract, ADeviceBecomesAUser) {
  const Person device = Person::device("0123456789abcdef").value();
  show(device);
  ASSERT_TRUE(choose_item(device, 2));
  const double learned = far(&device);
  show(device);
  ASSERT_TRUE(FeedbackStore(store_->database()).merge(device, ann_));
  EXPECT_EQ(far(&ann_), learned);
  EXPECT_LT(far(&device), learned);
  EXPECT_TRUE(choose_item(ann_, 2));
}

TEST_P(AdaptiveFusionContract, TheGuardFallsBack) {
  bool has_fallen = false;
  for (std::int64_t person = 10; person < 400 && !has_fallen; ++person) {
    show(Person::user(person));
    choose_item(Person::user(person), 1);  // the one of the fixed weights
    const auto choice = fusion_->choose(FusionType::kPhoto, signals(), kBoth, nullptr, false).value();
    has_fallen = choice.source == FusionSource::kFallback;
    if (has_fallen) {
      EXPECT_EQ(choice.weights, kBoth);
    }
  }
  ASSERT_TRUE(has_fallen);
  const Json report = fusion_->report(kBoth, {"near", "far"}).value();
  EXPECT_EQ(report["query_types"][0]["source"], "fallback");
  EXPECT_EQ(report["query_types"][0]["fallbacks"], 1);
  EXPECT_NE(metrics_.expose().find("fit_fusion_fallbacks_total{query_type=\"photo\"} 1"), std::string::npos);
  // Interleaved searches go on, so that better weights are found.
  EXPECT_EQ(fusion_->choose(FusionType::kPhoto, signals(), kBoth, &ann_, true).value().source,
            FusionSource::kInterleaved);
}

TEST_P(AdaptiveFusionContract, TheShareDecidesWhatIsInterleaved) {
  EXPECT_EQ(fusion_->choose(FusionType::kPhoto, signals(), kBoth, &ann_, true).value().source,
            FusionSource::kInterleaved);
  EXPECT_EQ(fusion_->choose(FusionType::kPhoto, signals(), kBoth, nullptr, true).value().source,
            FusionSource::kFixed);
  EXPECT_EQ(fusion_->choose(FusionType::kPhoto, signals(), kBoth, &ann_, false).value().source,
            FusionSource::kFixed);
  AdaptiveFusion never(parts(0));
  EXPECT_EQ(never.choose(FusionType::kPhoto, signals(), kBoth, &ann_, true).value().source,
            FusionSource::kFixed);
  const search::FusionWeights one{.parts = {1, 0, 0, 0, 0}, .spaces = {1}};
  EXPECT_EQ(
      fusion_->choose(FusionType::kPhoto, fusion_signals(one, {"near"}), one, &ann_, true).value().source,
      FusionSource::kFixed);
}

TEST_P(AdaptiveFusionContract, OneOfTwoClicksAtOnceCounts) {
  show(ann_);
  std::atomic<int> lessons = 0;
  {
    std::vector<std::jthread> threads;
    for (int i = 0; i < 4; ++i) {
      threads.emplace_back([&] {
        const auto learned = fusion_->learn(ann_, ItemId{2}, kNoon);
        if (learned && *learned) ++lessons;
      });
    }
  }
  EXPECT_EQ(lessons, 1);
}

INSTANTIATE_TEST_SUITE_P(Engines, AdaptiveFusionContract, ::testing::ValuesIn(store::testing::engines()),
                         [](const auto& engine) { return engine.param.name; });

}  // namespace
}  // namespace fit::style
