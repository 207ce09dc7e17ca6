// What people do in experiments, on each engine.
#include "style/experiments/experiment_records.h"

#include <gtest/gtest.h>

#include "store/test_support.h"
#include "style/experiments/experiment_service.h"

namespace fit::style {
namespace {

using search::Team;

const Timestamp kNoon = parse_rfc3339("time", "2026-03-01T12:00:00Z").value();

Timestamp second(int number) {
  return kNoon + std::chrono::seconds(number);
}

class ExperimentRecordsContract : public ::testing::TestWithParam<store::testing::Engine> {
 protected:
  void SetUp() override {
    if (!GetParam().is_available()) GTEST_SKIP() << "PostgreSQL is not installed";
    store_ = store::open_catalogue(GetParam().url(folder_)).value();
    start(ExperimentMode::kSplit);
  }

  // Stops what runs and starts another experiment.
  void start(ExperimentMode mode) {
    ExperimentStore experiments(store_->database());
    if (id_.value != 0) {
      EXPECT_TRUE(experiments.remove(id_));
    }
    const ExperimentChange change{.fields = {.name = "one", .mode = mode},
                                  .state = ExperimentState::kRunning};
    id_ = experiments.add(change, "", kNoon).value().id;
  }

  ExperimentRecords records() { return ExperimentRecords(store_->database()); }

  ExperimentNote search(const Person& person, std::int64_t key, std::vector<ShownItem> shown,
                        Variant variant = Variant::kA, int at = 0) const {
    return {.kind = ExperimentNote::Kind::kSearch,
            .experiment = id_,
            .person = person,
            .at = second(at),
            .search_key = key,
            .shown = std::move(shown),
            .variant = variant};
  }
  ExperimentNote event(const Person& person, std::int64_t item, int at,
                       Signal signal = Signal::kClick) const {
    return {.kind = ExperimentNote::Kind::kEvent,
            .experiment = id_,
            .person = person,
            .at = second(at),
            .item = ItemId{item},
            .signal = signal};
  }
  void store(const std::vector<ExperimentNote>& notes) {
    const auto stored = records().store(notes);
    ASSERT_TRUE(stored) << stored.error().describe();
  }
  PersonCounts counts(const Person& person) {
    const auto all = records().of_person(person).value();
    return all.empty() ? PersonCounts() : all.front();
  }
  static std::vector<ShownItem> of_a(std::initializer_list<std::int64_t> items) {
    std::vector<ShownItem> shown;
    for (const std::int64_t item : items) shown.push_back({.item = ItemId{item}, .team = Team::kA});
    return shown;
  }

  const Person ada_ = Person::user(1);
  const Person bob_ = Person::user(2);
  const Person phone_ = Person::device("phone-0123456789").value();
  TempDir folder_;
  std::unique_ptr<store::Catalogue> store_;
  ExperimentId id_;
};

TEST_P(ExperimentRecordsContract, ClicksCountForTheSearchThatShowedTheItem) {
  store({search(ada_, 1, of_a({12, 7})), event(ada_, 12, 5), event(ada_, 2, 6), event(ada_, 1, 6)});
  EXPECT_EQ(counts(ada_),
            (PersonCounts{.experiment = id_, .variant = "a", .searches = 1, .clicked = 1, .clicks = 1}));
  // The same item once a search, however often it is clicked; another item, another signal and another search
  // too.
  store({event(ada_, 12, 7), event(ada_, 7, 8), event(ada_, 12, 9, Signal::kSave),
         event(ada_, 7, 9, Signal::kBuy)});
  EXPECT_EQ(counts(ada_).clicks, 2);
  EXPECT_EQ(counts(ada_).clicked, 1);
  EXPECT_EQ(counts(ada_).saves, 1);
  EXPECT_EQ(counts(ada_).buys, 1);
  store({search(ada_, 2, of_a({12}), Variant::kA, 20), event(ada_, 12, 30)});
  EXPECT_EQ(counts(ada_).clicked, 2);
  EXPECT_EQ(counts(ada_).clicks, 3);
}

TEST_P(ExperimentRecordsContract, WhatNobodyWasShownDoesNotCount) {
  store({search(ada_, 1, of_a({12}))});
  store({event(ada_, 13, 1), event(bob_, 12, 1), event(ada_, 12, 3'601), event(ada_, 12, -1)});
  EXPECT_EQ(counts(ada_).clicks, 0);
  EXPECT_EQ(counts(bob_), PersonCounts());
}

TEST_P(ExperimentRecordsContract, FurtherPagesBelongToTheirSearch) {
  ExperimentNote page = search(ada_, 1, of_a({50}));
  page.kind = ExperimentNote::Kind::kPage;
  ExperimentNote of_another = page;
  of_another.person = bob_;
  of_another.shown = of_a({60});
  store({search(ada_, 1, of_a({12})), page, of_another, event(ada_, 50, 4), event(ada_, 60, 4)});
  EXPECT_EQ(counts(ada_).searches, 1);
  EXPECT_EQ(counts(ada_).clicks, 1);
}

TEST_P(ExperimentRecordsContract, APersonStaysInTheVariantThatCameFirst) {
  store({search(ada_, 1, of_a({12}), Variant::kB), search(ada_, 2, of_a({12}), Variant::kA)});
  EXPECT_EQ(counts(ada_).variant, "b");
  EXPECT_EQ(counts(ada_).searches, 1);
}

TEST_P(ExperimentRecordsContract, SumsAreOfEachVariant) {
  std::vector<ShownItem> of_b = of_a({5, 6});
  for (ShownItem& one : of_b) one.team = Team::kB;
  store({search(ada_, 1, of_a({12})), search(ada_, 2, of_a({12})), event(ada_, 12, 4),
         search(phone_, 3, of_a({12})), search(bob_, 4, of_b, Variant::kB), event(bob_, 5, 2),
         event(bob_, 6, 3)});
  const ExperimentSums sums = records().sums(id_, ExperimentMode::kSplit).value();
  const PeopleSums& clicks = sums.a[0];
  EXPECT_EQ(clicks.people, 2);
  EXPECT_EQ(clicks.x, 3);
  EXPECT_EQ(clicks.y, 1);
  EXPECT_EQ(clicks.xx, 5);
  EXPECT_EQ(clicks.yy, 1);
  EXPECT_EQ(clicks.xy, 2);
  EXPECT_EQ(sums.b[0].y, 2);
  EXPECT_EQ(sums.b[3].y, 1) << "one search with clicks";
  EXPECT_EQ(sums.b[4].y, 2) << "two seconds to the first of them";
  EXPECT_EQ(sums.a[4].people, 1) << "the phone has clicked nothing";
  EXPECT_EQ(records().people(id_).value(), 3);
}

TEST_P(ExperimentRecordsContract, InterleavedItemsCountForTheirTeam) {
  start(ExperimentMode::kInterleaving);
  ExperimentNote merged = search(ada_, 1,
                                 {{.item = ItemId{1}, .team = Team::kA},
                                  {.item = ItemId{2}, .team = Team::kB},
                                  {.item = ItemId{3}, .team = Team::kB},
                                  {.item = ItemId{4}, .team = Team::kNone}});
  merged.is_interleaved = true;
  store({merged, event(ada_, 1, 1), event(ada_, 2, 2), event(ada_, 3, 3), event(ada_, 4, 4)});
  EXPECT_EQ(counts(ada_).variant, "ab");
  EXPECT_EQ(counts(ada_).clicks, 3) << "an item of no team counts for nobody";
  const ExperimentSums sums = records().sums(id_, ExperimentMode::kInterleaving).value();
  EXPECT_EQ(sums.of_a[0], 1);
  EXPECT_EQ(sums.of_b[0], 2);
  EXPECT_EQ(sums.interleaved[0].y, 1);
  EXPECT_EQ(sums.interleaved[0].x, 1);
}

TEST_P(ExperimentRecordsContract, AStoppedExperimentCountsNothingMore) {
  store({search(ada_, 1, of_a({12}))});
  ASSERT_TRUE(ExperimentStore(store_->database())
                  .change(
                      id_,
                      [](const Experiment& present) -> Result<ExperimentChange> {
                        return ExperimentChange{.fields = present.fields, .state = ExperimentState::kStopped};
                      },
                      kNoon));
  store({event(ada_, 12, 1), search(bob_, 2, of_a({12}))});
  EXPECT_EQ(counts(ada_).clicks, 0);
  EXPECT_EQ(counts(bob_), PersonCounts());
}

TEST_P(ExperimentRecordsContract, AFullExperimentTakesNobodyElse) {
  store({search(ada_, 1, of_a({12}))});
  const std::vector<ExperimentNote> more{search(ada_, 2, of_a({12})), search(bob_, 3, of_a({12}))};
  ASSERT_TRUE(records().store(more, /*takes_people=*/false));
  EXPECT_EQ(counts(ada_).searches, 2);
  EXPECT_EQ(counts(bob_), PersonCounts());
}

TEST_P(ExperimentRecordsContract, OldSearchesAreRemovedAndTheirCountsStay) {
  store({search(ada_, 1, of_a({12})), search(ada_, 2, of_a({12}), Variant::kA, 10),
         search(ada_, 3, of_a({12}), Variant::kA, 20)});
  EXPECT_EQ(records().prune(second(15), 1).value(), 1);
  EXPECT_EQ(records().prune(second(15), 100).value(), 1);
  EXPECT_EQ(records().prune(second(15), 100).value(), 0);
  EXPECT_EQ(counts(ada_).searches, 3);
}

TEST_P(ExperimentRecordsContract, APersonIsForgotten) {
  store({search(ada_, 1, of_a({12})), search(bob_, 2, of_a({12})), search(phone_, 3, of_a({12}))});
  EXPECT_EQ(records().users().value(), (std::vector<std::int64_t>{1, 2}));
  ASSERT_TRUE(records().forget(ada_));
  EXPECT_EQ(counts(ada_), PersonCounts());
  store({event(ada_, 12, 1)});
  EXPECT_EQ(counts(ada_), PersonCounts());
  EXPECT_EQ(counts(bob_).searches, 1);
}

TEST_P(ExperimentRecordsContract, ShadowsAddUp) {
  start(ExperimentMode::kShadow);
  EXPECT_EQ(records().shadows(id_).value().compared, 0);
  const ShadowSums one{.compared = 2,
                       .failed = 1,
                       .dropped = 3,
                       .overlap = 1.5,
                       .rank_biased = 1.25,
                       .timed = 1,
                       .a_ms = 10,
                       .b_ms = 20,
                       .a_slowest_ms = 10,
                       .b_slowest_ms = 20};
  ASSERT_TRUE(records().add_shadows(id_, one));
  ShadowSums two = one;
  two.a_slowest_ms = 5;
  two.b_slowest_ms = 30;
  ASSERT_TRUE(records().add_shadows(id_, two));
  const ShadowSums sums = records().shadows(id_).value();
  EXPECT_EQ(sums.compared, 4);
  EXPECT_EQ(sums.failed, 2);
  EXPECT_EQ(sums.dropped, 6);
  EXPECT_EQ(sums.overlap, 3);
  EXPECT_EQ(sums.b_ms, 40);
  EXPECT_EQ(sums.a_slowest_ms, 10);
  EXPECT_EQ(sums.b_slowest_ms, 30);
}

TEST_P(ExperimentRecordsContract, TheServiceStoresWhatItNotes) {
  std::vector<std::string> wanted{"none yet"};
  ExperimentService service({.database = store_->database(),
                             .engine_of = [](const std::string&) { return std::nullopt; },
                             .want_spaces = [&wanted](const auto& spaces) { wanted = spaces; },
                             .log = Log::silent()});
  EXPECT_EQ(service.running(), nullptr);
  service.step();
  ASSERT_NE(service.running(), nullptr);
  EXPECT_EQ(service.running()->id, id_);
  EXPECT_TRUE(wanted.empty());
  const auto target = parse_target("result", "12").value();
  service.note(search(ada_, 1, of_a({12})));
  service.note_feedback(ada_, target, Signal::kClick, second(3));
  service.note_feedback(ada_, target, Signal::kLike, second(3));
  service.note_feedback(ada_, parse_target("outfit", "12").value(), Signal::kClick, second(3));
  service.note(search(bob_, 2, of_a({12})));
  EXPECT_TRUE(service.forget(bob_)) << "what waits is forgotten too";
  service.step();
  EXPECT_EQ(counts(ada_).clicks, 1);
  EXPECT_EQ(counts(bob_), PersonCounts());
}

INSTANTIATE_TEST_SUITE_P(Engines, ExperimentRecordsContract, ::testing::ValuesIn(store::testing::engines()),
                         [](const auto& engine) { return engine.param.name; });

}  // namespace
}  // namespace fit::style
