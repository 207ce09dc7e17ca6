#include "evaluate/fusion_evaluation.h"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <optional>
#include <utility>

#include "base/format.h"
#include "base/parallel.h"
#include "evaluate/fusion_queries.h"
#include "evaluate/simulated_person.h"
#include "search/team_draft.h"
#include "style/fusion/adaptive_fusion.h"
#include "style/fusion/fusion_state.h"

namespace fit::evaluate {
namespace {

constexpr std::size_t kLeastItems = 100;
constexpr std::size_t kPersonCount = 50;
constexpr std::size_t kShown = 20;
constexpr std::size_t kMeasured = 10;  // positions that the value of a ranking counts
constexpr std::size_t kMeasuredQueries = 40;
constexpr double kSharpness = 1.5;    // of preferences, by deviation of what a person is after
constexpr double kDifference = 0.26;  // of people from their world, as a logarithm
constexpr double kAttention = 0.7;    // the exponent of positions
constexpr std::size_t kBeforeChange = 1'000;
constexpr std::size_t kBeforeAttack = 500;
constexpr std::size_t kAttack = 300;

enum class Chooser : std::uint8_t { kPeople, kRandom, kAttacker };

// A stretch of lessons.
struct Stretch {
  std::size_t lessons = 0;
  Chooser chooser = Chooser::kPeople;
  bool moves = false;  // before it, the shares of the mixture move to the next signals
};

struct Course {
  std::string_view name;
  bool is_wrong = true;  // the people are after another mixture than the fixed one
  std::vector<Stretch> stretches;
  std::vector<std::size_t> marks;  // numbers of lessons after which is measured, ascending
};

std::vector<Course> courses() {
  const auto daily = static_cast<std::size_t>(style::AdaptiveFusion::kLessonsPerDay);
  return {{"wrong", true, {{3'000}}, {0, 30, 100, 300, 1'000, 3'000}},
          {"right", false, {{3'000}}, {0, 100, 300, 1'000, 3'000}},
          {"change", true, {{kBeforeChange}, {2'000, Chooser::kPeople, true}}, {1'000, 1'100, 1'300, 3'000}},
          {"random", false, {{3'000, Chooser::kRandom}}, {100, 300, 1'000, 3'000}},
          {"attack",
           true,
           {{kBeforeAttack}, {kAttack, Chooser::kAttacker}, {1'200}},
           {kBeforeAttack, kBeforeAttack + kAttack, 900, 1'100, 2'000}},
          {"flood",
           true,
           {{kBeforeAttack}, {daily, Chooser::kAttacker}},
           {kBeforeAttack, kBeforeAttack + daily}}};
}

// One world: what its people are after, and what was learned in it.
class FusionWorld {
 public:
  FusionWorld(const FusionQueries& queries, const Course& course, std::uint64_t seed)
      : queries_(queries), course_(course), draws_(seed) {
    hidden_ = queries.fixed();
    if (course.is_wrong) draw_mixture();
    for (std::size_t i = 0; i < kPersonCount; ++i) {
      auto& differences = differences_.emplace_back();
      for (std::size_t k = 0; k < hidden_.size(); ++k) {
        differences.push_back(std::exp(kDifference * draws_.normal()));
      }
    }
  }

  std::vector<FusionPoint> run() {
    std::vector<FusionPoint> points;
    std::size_t lessons = 0;
    const auto mark = [&] {
      if (points.size() < course_.marks.size() && course_.marks[points.size()] == lessons) {
        points.push_back(measure(lessons));
      }
    };
    mark();
    for (const Stretch& stretch : course_.stretches) {
      if (stretch.moves) std::ranges::rotate(hidden_, hidden_.begin() + 1);
      for (std::size_t i = 0; i < stretch.lessons; ++i) {
        teach(stretch.chooser);
        ++lessons;
        mark();
      }
    }
    return points;
  }

 private:
  // The shares of a mixture that is far from equal ones, in a drawn order.
  void draw_mixture() {
    const double most = 0.8 + 0.15 * draws_.share();
    const auto others = static_cast<double>(hidden_.size() - 1);
    for (double& share : hidden_) share = (1 - most) / others;
    hidden_[draws_.below(hidden_.size())] = most;
  }

  std::vector<double> wishes_of(std::size_t person) const {
    std::vector<double> wishes = hidden_;
    for (std::size_t k = 0; k < wishes.size(); ++k) wishes[k] *= differences_[person][k];
    return wishes;
  }

  // The weights of the learner for a person.
  std::vector<double> learned_by(std::size_t person) const {
    return queries_.adapted(everybody_, people_[person]);
  }

  void teach(Chooser chooser) {
    const std::size_t person = draws_.below(kPersonCount);
    const FusionQuery& query = queries_.at(draws_.below(queries_.size()));
    const auto fixed = query.ranking(queries_.fixed());
    const auto adapted = query.ranking(learned_by(person));
    const search::Interleaved list =
        search::interleave(ids_of(fixed), ids_of(adapted), kShown, draws_.below(1U << 30U));
    std::vector<std::size_t> shown;
    for (const ItemId item : list.items) shown.push_back(static_cast<std::size_t>(item.value));
    const std::size_t chosen = choose(query, shown, person, chooser);
    // Attackers are other people, whose own weights nobody is served with.
    style::FusionPersonState attacker;
    style::FusionPersonState& own = chooser == Chooser::kAttacker ? attacker : people_[person];
    style::learn_choice(queries_.shown(query, shown, list.teams), chosen, everybody_, &own);
  }

  static std::vector<ItemId> ids_of(std::span<const std::size_t> ranking) {
    std::vector<ItemId> ids;
    for (const std::size_t candidate : ranking) ids.push_back(ItemId{static_cast<std::int64_t>(candidate)});
    return ids;
  }

  // The position of the result that is chosen.
  std::size_t choose(const FusionQuery& query, std::span<const std::size_t> shown, std::size_t person,
                     Chooser chooser) {
    const auto gains = query.gains(wishes_of(person));
    if (chooser == Chooser::kAttacker) {
      const auto worst = std::ranges::min_element(shown, {}, [&](std::size_t one) { return gains[one]; });
      return static_cast<std::size_t>(worst - shown.begin());
    }
    std::vector<double> values;
    for (const std::size_t one : shown) values.push_back(chooser == Chooser::kRandom ? 0 : gains[one]);
    standardise(values);
    std::vector<double> chances;
    for (std::size_t i = 0; i < values.size(); ++i) {
      chances.push_back(std::exp(kSharpness * values[i]) * std::pow(static_cast<double>(i + 1), -kAttention));
    }
    double at = draws_.share() * std::accumulate(chances.begin(), chances.end(), 0.0);
    std::size_t chosen = 0;
    while (chosen + 1 < chances.size() && at >= chances[chosen]) at -= chances[chosen++];
    return chosen;
  }

  static void standardise(std::vector<double>& values) {
    const auto count = static_cast<double>(values.size());
    const double mean = std::accumulate(values.begin(), values.end(), 0.0) / count;
    double variance = 0;
    for (const double value : values) variance += (value - mean) * (value - mean) / count;
    const double deviation = variance > 0 ? std::sqrt(variance) : 1;
    for (double& value : values) value = (value - mean) / deviation;
  }

  static double value_of(std::span<const std::size_t> ranking, std::span<const double> gains) {
    double sum = 0;
    for (std::size_t i = 0; i < std::min(kMeasured, ranking.size()); ++i) {
      sum += gains[ranking[i]] / std::log2(static_cast<double>(i) + 2);
    }
    return sum;
  }

  FusionPoint measure(std::size_t lessons) {
    const FusionPoint start{.lessons = lessons,
                            .fallbacks = static_cast<double>(everybody_.guard.fallbacks),
                            .in_fallback = everybody_.guard.is_fallback ? 1.0 : 0.0};
    FusionPoint point = start;
    SeededDraws draws(lessons);  // the same queries for all worlds
    for (std::size_t i = 0; i < kMeasuredQueries; ++i) {
      const FusionQuery& query = queries_.at(draws.below(queries_.size()));
      const std::size_t person = i % kPersonCount;
      const auto wishes = wishes_of(person);
      const auto gains = query.gains(wishes);
      const double best = value_of(query.ranking(wishes), gains) * kMeasuredQueries;
      if (!(best > 0)) continue;
      const auto used = everybody_.guard.is_fallback ? queries_.fixed() : learned_by(person);
      point.fixed += value_of(query.ranking(queries_.fixed()), gains) / best;
      point.adapted += value_of(query.ranking(used), gains) / best;
    }
    return point;
  }

  const FusionQueries& queries_;
  const Course& course_;
  SeededDraws draws_;
  std::vector<double> hidden_;  // shares of the signals
  std::vector<std::vector<double>> differences_;
  style::FusionTypeState everybody_;
  std::vector<style::FusionPersonState> people_ = std::vector<style::FusionPersonState>(kPersonCount);
};

// The means over worlds.
std::vector<FusionPoint> means_of(const std::vector<std::vector<FusionPoint>>& worlds) {
  std::vector<FusionPoint> means = worlds.front();
  const auto count = static_cast<double>(worlds.size());
  for (std::size_t i = 0; i < means.size(); ++i) {
    FusionPoint mean{.lessons = means[i].lessons};
    for (const auto& points : worlds) {
      mean.fixed += points[i].fixed / count;
      mean.adapted += points[i].adapted / count;
      mean.fallbacks += points[i].fallbacks / count;
      mean.in_fallback += points[i].in_fallback / count;
    }
    means[i] = mean;
  }
  return means;
}

// What adapted weights are to reach for a type of query.
void add_goals(FusionEvaluation& done, const std::string& type) {
  const auto gain = [&](std::string_view course, std::size_t point) {
    return done.find(type, course)->points.at(point).gain();
  };
  const auto& wrong = *done.find(type, "wrong");
  done.goals.push_back(
      {type + ": gain of wrong weights after 1,000 lessons", 0.01, wrong.points.at(4).gain()});
  done.goals.push_back({type + ": gain of right weights after 3,000 lessons", -0.01, gain("right", 4)});
  done.goals.push_back({type + ": gain 2,000 lessons after a change", 0.01, gain("change", 3)});
  done.goals.push_back({type + ": gain with random choices", -0.03, gain("random", 3)});
  done.goals.push_back({type + ": gain 1,200 lessons after an attack", 0, gain("attack", 4)});
  // The gains at the two points are measured on different queries, so the adapted rankings are compared
  // alone.
  const auto& flood = done.find(type, "flood")->points;
  done.goals.push_back(
      {type + ": what a flood of one person changes", -0.03, flood.at(1).adapted / flood.at(0).adapted - 1});
}

}  // namespace

const FusionScenario* FusionEvaluation::find(std::string_view query_type, std::string_view name) const {
  const auto found = std::ranges::find_if(
      scenarios, [&](const FusionScenario& one) { return one.query_type == query_type && one.name == name; });
  return found == scenarios.end() ? nullptr : &*found;
}

Result<FusionSample> fusion_sample(const EvaluationSet& set, std::span<const std::string> names,
                                   std::span<const EvaluationVectors> vectors) {
  if (names.size() < 2) return invalid("spaces", "must name two spaces or more");
  FusionSample sample;
  for (std::size_t i = 0; i < names.size(); ++i) {
    sample.spaces.push_back(
        {.name = names[i], .dimensions = static_cast<std::size_t>(vectors[i].dimensions), .vectors = {}});
  }
  for (std::size_t row = 0; row < set.rows.size() && sample.size() < kMostFusionItems; ++row) {
    const auto is_present = [row](const EvaluationVectors& one) { return one.present[row] != 0; };
    if (!std::ranges::all_of(vectors, is_present)) continue;
    const std::vector<std::string>& labels = set.rows[row].labels;
    sample.kinds.push_back(labels.empty() ? "" : labels[0]);
    sample.colors.push_back(labels.size() < 2 ? "" : labels[1]);
    for (std::size_t i = 0; i < names.size(); ++i) {
      FusionSample::Space& space = sample.spaces[i];
      const auto begin = vectors[i].values.begin() + static_cast<std::ptrdiff_t>(row * space.dimensions);
      space.vectors.insert(space.vectors.end(), begin, begin + static_cast<std::ptrdiff_t>(space.dimensions));
    }
  }
  if (sample.size() < kLeastItems) {
    return invalid("path", fit::format("needs at least {} items with a photo", kLeastItems));
  }
  return sample;
}

Result<FusionEvaluation> evaluate_fusion(const FusionSample& sample, const FusionEvaluationOptions& options,
                                         const std::stop_token& stop) {
  FusionEvaluation done{.items = sample.size(), .worlds = options.worlds, .scenarios = {}, .goals = {}};
  for (const FusionQueries& queries :
       {FusionQueries::photos(sample, options.seed), FusionQueries::composed(sample, options.seed)}) {
    const std::string type(to_string(queries.type()));
    for (const Course& course : courses()) {
      std::vector<std::vector<FusionPoint>> worlds(options.worlds);
      FIT_CHECK(
          parallel_for(options.worlds, {.grain = 1, .stop = stop}, [&](std::size_t world) -> Result<void> {
            worlds[world] = FusionWorld(queries, course, options.seed * 1'000'003 + world).run();
            return {};
          }));
      done.scenarios.push_back(
          {.query_type = type, .name = std::string(course.name), .points = means_of(worlds)});
    }
    add_goals(done, type);
  }
  return done;
}

Json to_json(const FusionEvaluation& evaluation) {
  Json scenarios = Json::array();
  for (const FusionScenario& one : evaluation.scenarios) {
    Json points = Json::array();
    for (const FusionPoint& point : one.points) {
      points.push_back({{"lessons", point.lessons},
                        {"fixed", point.fixed},
                        {"adapted", point.adapted},
                        {"gain", point.gain()},
                        {"fallbacks", point.fallbacks},
                        {"in_fallback", point.in_fallback}});
    }
    scenarios.push_back({{"query_type", one.query_type}, {"name", one.name}, {"points", std::move(points)}});
  }
  Json goals = Json::array();
  for (const FusionGoal& one : evaluation.goals) {
    goals.push_back(
        {{"name", one.name}, {"least", one.least}, {"reached", one.reached}, {"met", one.is_met()}});
  }
  return {{"items", evaluation.items},
          {"worlds", evaluation.worlds},
          {"scenarios", std::move(scenarios)},
          {"goals", std::move(goals)}};
}

}  // namespace fit::evaluate
