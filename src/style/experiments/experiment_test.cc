#include "style/experiments/experiment.h"

#include <gtest/gtest.h>

#include "base/format.h"
#include "style/experiments/assignment.h"
#include "style/experiments/experiment_results.h"

namespace fit::style {
namespace {

ExperimentFields parsed(const Json& body, const ExperimentFields& present = {}) {
  const auto change = parse_experiment(body, present);
  EXPECT_TRUE(change) << change.error().describe();
  return change.value().fields;
}

std::string field_at_fault(const Json& body, const ExperimentFields& present = {}) {
  const auto change = parse_experiment(body, present);
  return change ? "" : change.error().field;
}

TEST(Experiment, MembersAreReadAndWritten) {
  const Json body{{"name", " Taste "},
                  {"mode", "interleaving"},
                  {"metric", "saves_per_search"},
                  {"share", 0.25},
                  {"a", {{"weights", {{"taste", 0}, {"words", 2}}}}},
                  {"b", {{"weights", {{"taste", 0.5}}}, {"space", "clip"}}}};
  const ExperimentFields fields = parsed(body);
  EXPECT_EQ(fields.name, "Taste");
  EXPECT_EQ(fields.mode, ExperimentMode::kInterleaving);
  EXPECT_EQ(fields.metric, ExperimentMetric::kSaves);
  EXPECT_EQ(fields.share, 0.25);
  EXPECT_EQ(fields.b.space, "clip");
  EXPECT_EQ(overrides_json(fields.a), body["a"]);
  EXPECT_EQ(overrides_of(overrides_json(fields.a)), fields.a);
  EXPECT_EQ(overrides_of(overrides_json(fields.b)), fields.b);
  search::Weights weights;
  override_weights(fields.a, weights);
  EXPECT_EQ(weights.words, 2);
  EXPECT_EQ(weights.image, 1);
}

TEST(Experiment, MissingMembersStay) {
  const ExperimentFields before =
      parsed({{"name", "one"}, {"share", 0.5}, {"b", {{"weights", {{"freshness", 1}}}}}});
  const ExperimentFields after = parsed({{"name", "two"}}, before);
  EXPECT_EQ(after.name, "two");
  EXPECT_EQ(after.share, 0.5);
  EXPECT_EQ(after.b, before.b);
}

TEST(Experiment, MistakesNameTheMember) {
  EXPECT_EQ(field_at_fault(Json::object()), "name");
  EXPECT_EQ(field_at_fault({{"name", std::string(201, 'x')}}), "name");
  EXPECT_EQ(field_at_fault({{"name", 7}}), "name");
  EXPECT_EQ(field_at_fault({{"name", "n"}, {"mode", "both"}}), "mode");
  EXPECT_EQ(field_at_fault({{"name", "n"}, {"metric", "sales"}}), "metric");
  EXPECT_EQ(field_at_fault({{"name", "n"}, {"share", 0}}), "share");
  EXPECT_EQ(field_at_fault({{"name", "n"}, {"share", "1"}}), "share");
  EXPECT_EQ(field_at_fault({{"name", "n"}, {"share", 1.5}}), "share");
  EXPECT_EQ(field_at_fault({{"name", "n"}, {"state", "done"}}), "state");
  EXPECT_EQ(field_at_fault({{"name", "n"}, {"colour", "red"}}), "colour");
  EXPECT_EQ(field_at_fault({{"name", "n"}, {"b", 7}}), "b");
  EXPECT_EQ(field_at_fault({{"name", "n"}, {"b", {{"limit", 7}}}}), "b.limit");
  EXPECT_EQ(field_at_fault({{"name", "n"}, {"b", {{"weights", {{"colour", 1}}}}}}), "b.weights");
  EXPECT_EQ(field_at_fault({{"name", "n"}, {"b", {{"weights", {{"taste", 0.6}}}}}}), "b.weights");
  EXPECT_EQ(field_at_fault({{"name", "n"}, {"b", {{"weights", {{"words", -1}}}}}}), "b.weights");
  EXPECT_EQ(field_at_fault({{"name", "n"}, {"b", {{"weights", 1}}}}), "b.weights");
  EXPECT_EQ(field_at_fault({{"name", "n"}, {"mode", "interleaving"}, {"metric", "seconds_to_click"}}),
            "metric");
  EXPECT_EQ(field_at_fault({{"name", "n"}, {"mode", "shadow"}, {"a", {{"space", "clip"}}}}), "a");
  EXPECT_EQ(field_at_fault({{"name", "n"}, {"mode", "interleaving"}, {"state", "running"}}), "b");
}

TEST(Experiment, WeightsOfARequestAreFoundAmongThoseOfTheVariants) {
  Experiment experiment;
  experiment.fields = parsed({{"name", "n"}, {"b", {{"weights", {{"taste", 0.5}}}}}});
  EXPECT_TRUE(sets_weight(experiment, std::vector<std::string>{"words", "taste"}));
  EXPECT_FALSE(sets_weight(experiment, std::vector<std::string>{"words"}));
  EXPECT_FALSE(sets_weight(experiment, {}));
}

TEST(Assignment, SharesAndSidesAreAsLargeAsTheyShouldBe) {
  constexpr int kPeople = 10'000;
  int inside = 0;
  int of_b = 0;
  int same = 0;
  for (int i = 0; i < kPeople; ++i) {
    const Person person = Person::user(i);
    const auto variant = variant_of(ExperimentId{1}, 0.3, person);
    if (!variant) continue;
    ++inside;
    of_b += *variant == Variant::kB ? 1 : 0;
    EXPECT_EQ(variant, variant_of(ExperimentId{1}, 0.6, person)) << "a larger share keeps everybody";
    same += variant == variant_of(ExperimentId{2}, 1, person) ? 1 : 0;
  }
  EXPECT_NEAR(inside, 3'000, 4 * 46);
  EXPECT_NEAR(of_b, inside / 2.0, 4 * 28);
  EXPECT_NEAR(same, inside / 2.0, 4 * 28) << "experiments assign independently";
}

TEST(Assignment, AShareOfOneHasEverybody) {
  for (int i = 0; i < 1'000; ++i) EXPECT_TRUE(variant_of(ExperimentId{3}, 1, Person::user(i)));
}

PeopleSums ones(double people, double y) {
  return {.people = people, .x = people, .y = y, .xx = people, .yy = y, .xy = y};
}

TEST(Results, AWinnerNeedsAnIntervalWithoutZero) {
  Experiment experiment;
  experiment.state = ExperimentState::kRunning;
  ExperimentSums sums;
  sums.a[0] = ones(1'000, 200);
  sums.b[0] = ones(1'000, 210);
  EXPECT_TRUE(results_json(experiment, sums)["winner"].is_null());
  sums.b[0] = ones(1'000, 400);
  const Json decided = results_json(experiment, sums);
  EXPECT_EQ(decided["winner"], "b");
  EXPECT_EQ(decided["people"]["a"], 1'000);
  EXPECT_DOUBLE_EQ(decided["metrics"]["clicks_per_search"]["difference"].get<double>(), 0.2);
  EXPECT_TRUE(decided["metrics"]["saves_per_search"].is_null());
  std::swap(sums.a, sums.b);
  EXPECT_EQ(results_json(experiment, sums)["winner"], "a");
}

TEST(Results, LessTimeToTheFirstClickIsBetter) {
  Experiment experiment;
  experiment.fields.metric = ExperimentMetric::kSecondsToClick;
  ExperimentSums sums;
  sums.a[4] = {.people = 1'000, .x = 1'000, .y = 9'000, .xx = 1'000, .yy = 90'000, .xy = 9'000};
  sums.b[4] = {.people = 1'000, .x = 1'000, .y = 5'000, .xx = 1'000, .yy = 34'000, .xy = 5'000};
  EXPECT_EQ(results_json(experiment, sums)["winner"], "b");
}

TEST(Results, InterleavedCountsAreComparedInEachPerson) {
  Experiment experiment;
  experiment.fields.mode = ExperimentMode::kInterleaving;
  ExperimentSums sums;
  sums.interleaved[0] = {.people = 400, .x = 400, .y = 120, .xx = 400, .yy = 280, .xy = 120};
  sums.of_a[0] = 80;
  sums.of_b[0] = 200;
  const Json json = results_json(experiment, sums);
  EXPECT_EQ(json["winner"], "b");
  EXPECT_EQ(json["people"], 400);
  EXPECT_DOUBLE_EQ(json["metrics"]["clicks_per_search"]["a"].get<double>(), 0.2);
  EXPECT_DOUBLE_EQ(json["metrics"]["clicks_per_search"]["difference"].get<double>(), 0.3);
  EXPECT_FALSE(json["metrics"].contains("seconds_to_click"));
}

}  // namespace
}  // namespace fit::style
