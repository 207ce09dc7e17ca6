// Intervals that are valid at every look, by simulation.
#include "style/experiments/sequential_test.h"

#include <gtest/gtest.h>

#include <array>
#include <cmath>
#include <random>
#include <vector>

namespace fit::style {
namespace {

// People who search and click, some of them often and each with a taste for clicking of their own.
class SimulatedTraffic {
 public:
  SimulatedTraffic(unsigned seed, double clicks_of_a, double clicks_of_b)
      : random_(seed), clicks_{clicks_of_a, clicks_of_b} {}

  // One search of a person who is new or comes back.
  void search() {
    if (people_.empty() || chance(0.5)) {
      people_.push_back({.side = chance(0.5) ? 1U : 0U, .eagerness = chance(0.3) ? 2.0 : 0.571});
    }
    Visitor& person = people_[std::uniform_int_distribution<std::size_t>(0, people_.size() - 1)(random_)];
    PeopleSums& sums = sums_.at(person.side);
    if (person.searches == 0) ++sums.people;
    const double clicks = chance(clicks_.at(person.side) * person.eagerness) ? (chance(0.3) ? 3 : 1) : 0;
    add(sums, person, -1);
    ++person.searches;
    person.clicks += clicks;
    add(sums, person, 1);
  }

  std::optional<Comparison> compare() const { return compare_ratios(sums_[0], sums_[1]); }

 private:
  struct Visitor {
    unsigned side = 0;
    double eagerness = 1;
    double searches = 0;
    double clicks = 0;
  };

  bool chance(double probability) { return std::bernoulli_distribution(probability)(random_); }
  static void add(PeopleSums& sums, const Visitor& person, double sign) {
    sums.x += sign * person.searches;
    sums.y += sign * person.clicks;
    sums.xx += sign * person.searches * person.searches;
    sums.yy += sign * person.clicks * person.clicks;
    sums.xy += sign * person.searches * person.clicks;
  }

  std::mt19937 random_;
  std::array<double, 2> clicks_;
  std::vector<Visitor> people_;
  std::array<PeopleSums, 2> sums_;
};

// Whether an interval excludes 0 at one of the looks, one after each search; the sign of the first such
// difference.
int first_verdict(SimulatedTraffic& traffic, int searches) {
  for (int i = 0; i < searches; ++i) {
    traffic.search();
    const auto comparison = traffic.compare();
    if (comparison && comparison->interval && comparison->interval->excludes_zero()) {
      return comparison->difference > 0 ? 1 : -1;
    }
  }
  return 0;
}

TEST(SequentialTest, EqualVariantsAreRarelyToldApartThoughEverySearchIsLookedAt) {
  constexpr int kRuns = 200;
  int false_alarms = 0;
  for (unsigned seed = 0; seed < kRuns; ++seed) {
    SimulatedTraffic traffic(seed, 0.2, 0.2);
    false_alarms += first_verdict(traffic, 3'000) != 0 ? 1 : 0;
  }
  const double deviation = std::sqrt(kRuns * kFalseAlarms * (1 - kFalseAlarms));
  EXPECT_LE(false_alarms, kRuns * kFalseAlarms + 2 * deviation);
}

TEST(SequentialTest, AnIntervalForOneLookWouldRaiseManyFalseAlarms) {
  int alarms = 0;
  for (unsigned seed = 0; seed < 100; ++seed) {
    SimulatedTraffic traffic(seed, 0.2, 0.2);
    bool is_alarm = false;
    for (int i = 0; i < 3'000; ++i) {
      traffic.search();
      const auto comparison = traffic.compare();
      if (!comparison || !comparison->interval) continue;
      const double deviation = std::sqrt(comparison->a.variance + comparison->b.variance);
      is_alarm = is_alarm || std::abs(comparison->difference) > 1.96 * deviation;
    }
    alarms += is_alarm ? 1 : 0;
  }
  EXPECT_GT(alarms, 20) << "looking often is harmless, so that the test above proves nothing";
}

TEST(SequentialTest, ARealDifferenceIsFound) {
  constexpr int kRuns = 40;
  int right = 0;
  int wrong = 0;
  for (unsigned seed = 1'000; seed < 1'000 + kRuns; ++seed) {
    SimulatedTraffic traffic(seed, 0.15, 0.25);
    const int verdict = first_verdict(traffic, 6'000);
    right += verdict > 0 ? 1 : 0;
    wrong += verdict < 0 ? 1 : 0;
  }
  EXPECT_GE(right, kRuns * 9 / 10);
  EXPECT_LE(wrong, 1);
}

TEST(SequentialTest, TheVarianceOfARatioIsThatOfSimulatedOnes) {
  constexpr int kRuns = 400;
  double sum = 0;
  double squares = 0;
  double estimated = 0;
  for (unsigned seed = 0; seed < kRuns; ++seed) {
    SimulatedTraffic traffic(seed, 0.2, 0.2);
    for (int i = 0; i < 600; ++i) traffic.search();
    const RatioEstimate a = traffic.compare()->a;
    sum += a.ratio;
    squares += a.ratio * a.ratio;
    estimated += a.variance / kRuns;
  }
  const double mean = sum / kRuns;
  EXPECT_NEAR(estimated / (squares / kRuns - mean * mean), 1, 0.25);
}

TEST(SequentialTest, TheBoundaryIsThatOfTheFormula) {
  // n = 1000 people, r = 0.008213, a variance of 1 for each person.
  const ValidInterval interval = valid_interval(0, 1.0 / 1'000, 1'000);
  const double z = 8.213;
  EXPECT_NEAR(interval.high, std::sqrt(2 * (z + 1) / (z * 1'000) * std::log(std::sqrt(z + 1) / 0.05)), 1e-12);
  EXPECT_NEAR(interval.low, -interval.high, 1e-12);
  EXPECT_NEAR(interval.high * std::sqrt(1'000), 1.55 * 1.96, 0.02);
  // No other number of people has a narrower one, compared with the deviation of the estimate.
  for (const double people : {300.0, 700.0, 1'500.0, 5'000.0}) {
    EXPECT_GT(valid_interval(0, 1 / people, people).high * std::sqrt(people),
              interval.high * std::sqrt(1'000));
  }
}

TEST(SequentialTest, FewPeopleGiveNoInterval) {
  const PeopleSums few{.people = 49, .x = 49, .y = 10, .xx = 49, .yy = 10, .xy = 10};
  const PeopleSums many{.people = 500, .x = 500, .y = 400, .xx = 500, .yy = 400, .xy = 400};
  EXPECT_FALSE(compare_ratios(few, many)->interval);
  EXPECT_TRUE(compare_ratios(many, many)->interval);
  EXPECT_FALSE(compare_ratios({}, many));
  EXPECT_FALSE(interval_of(*estimate_ratio(few)));
}

TEST(SequentialTest, WithoutAnyClickThereIsNoInterval) {
  const PeopleSums none{.people = 500, .x = 500, .y = 0, .xx = 500, .yy = 0, .xy = 0};
  const auto comparison = compare_ratios(none, none);
  ASSERT_TRUE(comparison);
  EXPECT_EQ(comparison->difference, 0);
  EXPECT_FALSE(comparison->interval);
}

}  // namespace
}  // namespace fit::style
