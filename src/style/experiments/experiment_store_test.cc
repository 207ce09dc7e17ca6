// The table of experiments, on each engine.
#include "style/experiments/experiment_store.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <thread>
#include <vector>

#include "store/test_support.h"

namespace fit::style {
namespace {

const Timestamp kThen = parse_rfc3339("time", "2026-03-01T10:00:00Z").value();

ExperimentChange named(const std::string& name, std::optional<ExperimentState> state = {}) {
  ExperimentChange change{.fields = {.name = name}, .state = state};
  change.fields.b.weights = {{.name = "taste", .value = 0.5}};
  change.fields.b.space = "clip";
  change.fields.share = 0.125;
  return change;
}

class ExperimentStoreContract : public ::testing::TestWithParam<store::testing::Engine> {
 protected:
  void SetUp() override {
    if (!GetParam().is_available()) GTEST_SKIP() << "PostgreSQL is not installed";
    store_ = store::open_catalogue(GetParam().url(folder_)).value();
  }

  ExperimentStore experiments() { return ExperimentStore(store_->database()); }
  Result<Experiment> enter(ExperimentId id, ExperimentState state) {
    return experiments().change(
        id,
        [state](const Experiment& present) -> Result<ExperimentChange> {
          return ExperimentChange{.fields = present.fields, .state = state};
        },
        kThen);
  }

  TempDir folder_;
  std::unique_ptr<store::Catalogue> store_;
};

TEST_P(ExperimentStoreContract, WhatIsAddedIsRead) {
  const Experiment added = experiments().add(named("one"), "key:7", kThen).value();
  const Experiment read = experiments().get(added.id).value();
  EXPECT_EQ(read.fields, named("one").fields);
  EXPECT_EQ(read.state, ExperimentState::kDraft);
  EXPECT_EQ(read.created_by, "key:7");
  EXPECT_EQ(read.created_at, kThen);
  EXPECT_FALSE(read.started_at);
  const Experiment second = experiments().add(named("two"), "key:7", kThen).value();
  const auto all = experiments().list().value();
  ASSERT_EQ(all.size(), 2U);
  EXPECT_EQ(all[0].id, second.id);
}

TEST_P(ExperimentStoreContract, OneRunsAtATime) {
  const Experiment first = experiments().add(named("one", ExperimentState::kRunning), "", kThen).value();
  EXPECT_EQ(first.started_at, kThen);
  EXPECT_EQ(experiments().running().value()->id, first.id);
  EXPECT_EQ(experiments().add(named("two", ExperimentState::kRunning), "", kThen).error().code,
            ErrorCode::kConflict);
  const Experiment second = experiments().add(named("two"), "", kThen).value();
  EXPECT_EQ(enter(second.id, ExperimentState::kRunning).error().field, "state");
  EXPECT_TRUE(enter(first.id, ExperimentState::kStopped).value().stopped_at);
  EXPECT_FALSE(experiments().running().value());
  EXPECT_TRUE(enter(second.id, ExperimentState::kRunning));
  EXPECT_EQ(experiments().running().value()->id, second.id);
}

TEST_P(ExperimentStoreContract, OfSeveralStartsAtOnceOneSucceeds) {
  std::vector<Result<Experiment>> started(8, Error{});
  {
    std::vector<std::jthread> threads;
    for (Result<Experiment>& one : started) {
      threads.emplace_back(
          [&one, this] { one = experiments().add(named("one", ExperimentState::kRunning), "", kThen); });
    }
  }
  EXPECT_EQ(std::ranges::count_if(started, [](const auto& one) { return one.has_value(); }), 1);
  for (const Result<Experiment>& one : started) {
    EXPECT_TRUE(one || one.error().code == ErrorCode::kConflict) << one.error().describe();
  }
}

TEST_P(ExperimentStoreContract, StatesFollowOneAnother) {
  const ExperimentId id = experiments().add(named("one"), "", kThen).value().id;
  EXPECT_EQ(enter(id, ExperimentState::kStopped).error().code, ErrorCode::kConflict);
  EXPECT_TRUE(enter(id, ExperimentState::kDraft));
  EXPECT_TRUE(enter(id, ExperimentState::kRunning));
  EXPECT_EQ(enter(id, ExperimentState::kDraft).error().code, ErrorCode::kConflict);
  EXPECT_TRUE(enter(id, ExperimentState::kStopped));
  EXPECT_EQ(enter(id, ExperimentState::kRunning).error().code, ErrorCode::kConflict);
  EXPECT_EQ(experiments().add(named("x", ExperimentState::kStopped), "", kThen).error().field, "state");
}

TEST_P(ExperimentStoreContract, OnlyTheNameOfAStartedExperimentChanges) {
  const ExperimentId id = experiments().add(named("one", ExperimentState::kRunning), "", kThen).value().id;
  const auto change = [&](auto edit) {
    return experiments().change(
        id,
        [&edit](const Experiment& present) -> Result<ExperimentChange> {
          ExperimentChange wanted{.fields = present.fields, .state = {}};
          edit(wanted.fields);
          return wanted;
        },
        kThen);
  };
  EXPECT_EQ(change([](ExperimentFields& fields) { fields.name = "better"; }).value().fields.name, "better");
  EXPECT_EQ(change([](ExperimentFields& fields) { fields.share = 1; }).error().code, ErrorCode::kConflict);
  EXPECT_EQ(change([](ExperimentFields& fields) { fields.b.space = ""; }).error().code, ErrorCode::kConflict);
  EXPECT_EQ(experiments().get(id).value().fields.share, 0.125);
}

TEST_P(ExperimentStoreContract, WhatIsRemovedIsGone) {
  const ExperimentId id = experiments().add(named("one", ExperimentState::kRunning), "", kThen).value().id;
  EXPECT_TRUE(experiments().remove(id));
  EXPECT_EQ(experiments().remove(id).error().code, ErrorCode::kNotFound);
  EXPECT_EQ(experiments().get(id).error().code, ErrorCode::kNotFound);
  EXPECT_EQ(enter(id, ExperimentState::kRunning).error().code, ErrorCode::kNotFound);
  EXPECT_FALSE(experiments().running().value());
}

INSTANTIATE_TEST_SUITE_P(Engines, ExperimentStoreContract, ::testing::ValuesIn(store::testing::engines()),
                         [](const auto& engine) { return engine.param.name; });

}  // namespace
}  // namespace fit::style
