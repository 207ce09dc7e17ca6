#include "evaluate/taste_evaluation.h"

#include <algorithm>
#include <array>
#include <chrono>
#include <functional>
#include <numeric>
#include <optional>
#include <span>
#include <utility>

#include "base/format.h"
#include "base/parallel.h"
#include "base/text.h"
#include "evaluate/simulated_person.h"
#include "style/taste/taste_learner.h"
#include "style/taste/taste_rerank.h"

namespace fit::evaluate {
namespace {

constexpr std::size_t kMinItems = 200;
constexpr std::size_t kReranked = 100;  // candidates of a search, as search/ranking.h has them
constexpr double kLikes = 0.75;         // the share of likes among taps
constexpr double kWrongTaps = 0.2;
constexpr std::size_t kTapsBeforeChange = 30;
constexpr std::size_t kTapsOfVisit = 10;
constexpr std::size_t kMaxPeople = 10'000;

enum class Taps : std::uint8_t { kTrue, kSomeWrong, kRandom };

// What one kind of people does.
struct Scenario {
  std::string_view name;
  Taps taps = Taps::kTrue;
  std::vector<std::size_t> marks;        // numbers of taps after which is measured
  std::vector<std::size_t> after_marks;  // since the person has another taste; empty: the taste stays
};

constexpr std::array<std::string_view, 2> kChangeNames = {"before a change", "after a change"};

std::vector<Scenario> scenarios() {
  return {{"as it is", Taps::kTrue, {0, 1, 3, 5, 10, 20, 40}, {}},
          {"20 % wrong", Taps::kSomeWrong, {5, 10, 20, 40}, {}},
          {"at random", Taps::kRandom, {5, 10, 20, 40}, {}},
          {kChangeNames[0], Taps::kTrue, {kTapsBeforeChange}, {0, 5, 10, 20, 30}}};
}

// One person with one taste after the other.
class Simulation {
 public:
  Simulation(const TasteCatalogue& catalogue, const TasteEvaluationOptions& options, std::size_t number)
      : catalogue_(catalogue),
        options_(options),
        number_(number),
        draws_(options.seed * 1'000'003 + number),
        person_(catalogue, draws_),
        learner_(catalogue.background),
        is_measured_(catalogue.size()),
        is_tapped_(catalogue.size()) {
    std::vector<std::size_t> order(catalogue.size());
    std::iota(order.begin(), order.end(), 0U);
    draws_.shuffle(order);
    for (std::size_t i = 0; i < order.size() / 2; ++i) is_measured_[order[i]] = 1;
  }

  void change_taste() { person_ = SimulatedPerson(catalogue_, draws_); }

  // Taps, and measures after the numbers of taps in `marks`, which ascend.
  std::vector<TastePoint> run(Taps taps, std::span<const std::size_t> marks) {
    std::vector<TastePoint> points;
    for (std::size_t done = 0; points.size() < marks.size(); ++done) {
      if (done == marks[points.size()]) points.push_back(measure(done));
      if (points.size() < marks.size()) tap(taps);
    }
    return points;
  }

 private:
  // Ten taps with two minutes between them each day.
  Timestamp time() const {
    const Timestamp start = std::chrono::sys_days(std::chrono::year(2026) / 1 / 1);
    return start + std::chrono::days(tap_count_ / kTapsOfVisit) +
           std::chrono::minutes(2 * (tap_count_ % kTapsOfVisit));
  }

  std::span<const float> vector_of(std::size_t item) const {
    const TasteSample& sample = *catalogue_.sample;
    return std::span(sample.vectors).subspan(item * sample.dimensions, sample.dimensions);
  }

  // The items nearest to another one, among those that are measured or among those that may still be tapped.
  std::vector<std::pair<double, std::size_t>> search(std::size_t query, bool measures) const {
    std::vector<std::pair<double, std::size_t>> found;
    for (std::size_t item = 0; item < catalogue_.size(); ++item) {
      const bool is_there = measures ? is_measured_[item] != 0 : is_measured_[item] + is_tapped_[item] == 0;
      if (!is_there || item == query) continue;
      found.emplace_back(double{style::taste_cosine(vector_of(query), vector_of(item))}, item);
    }
    const auto nearer = [](const auto& one, const auto& other) {
      return one.first != other.first ? one.first > other.first : one.second < other.second;
    };
    const auto kept = static_cast<std::ptrdiff_t>(std::min(kReranked, found.size()));
    std::ranges::partial_sort(found, found.begin() + kept, nearer);
    found.resize(static_cast<std::size_t>(kept));
    return found;
  }

  // The first ten results of a search, without the taste and with it.
  struct Page {
    std::vector<std::size_t> plain;
    std::vector<std::size_t> personal;
  };
  Page page(std::size_t query, bool measures, const style::Taste& taste) const {
    const auto found = search(query, measures);
    std::vector<style::TasteCandidate> candidates;
    for (const auto& [similarity, item] : found) {
      candidates.push_back({.item = &catalogue_.items[item], .score = similarity});
    }
    Page page;
    const auto ranks = style::rerank_by_taste(candidates, taste, options_.weight);
    for (std::size_t i = 0; i < std::min(kTop, found.size()); ++i) {
      page.plain.push_back(found[i].second);
      page.personal.push_back(found[ranks[i].candidate].second);
    }
    return page;
  }

  void tap(Taps taps) {
    const style::Taste taste = learner_.taste(time());
    const std::size_t query = person_.query(catalogue_, draws_);
    const std::vector<std::size_t> shown = page(query, false, taste).personal;
    if (shown.empty()) return;  // everything is tapped
    const auto liking = [this](std::size_t item) { return person_.liking[item]; };
    std::size_t item = shown[draws_.below(shown.size())];
    bool is_liked = draws_.share() < kLikes;
    const bool is_wrong = taps == Taps::kSomeWrong && draws_.share() < kWrongTaps;
    if (is_wrong) {
      is_liked = !person_.is_good(catalogue_, item, query);
    } else if (taps != Taps::kRandom) {
      item = is_liked ? std::ranges::max(shown, {}, liking) : std::ranges::min(shown, {}, liking);
    }
    learner_.add(catalogue_.items[item], is_liked ? 1 : -1, time());
    is_tapped_[item] = 1;
    ++tap_count_;
  }

  double precision(std::span<const std::size_t> shown, std::size_t query) const {
    const auto good = std::ranges::count_if(
        shown, [&](std::size_t item) { return person_.is_good(catalogue_, item, query); });
    return static_cast<double>(good) / static_cast<double>(kTop);
  }

  TastePoint measure(std::size_t taps) const {
    const style::Taste taste = learner_.taste(time());
    TastePoint point{.taps = taps, .confidence = taste.confidence()};
    // The same queries at each point.
    SeededDraws draws(options_.seed * 7'919 + number_);
    const auto queries = static_cast<double>(options_.queries);
    for (std::size_t i = 0; i < options_.queries; ++i) {
      const std::size_t query = person_.query(catalogue_, draws);
      const Page shown = page(query, true, taste);
      point.plain += precision(shown.plain, query) / queries;
      point.personal += precision(shown.personal, query) / queries;
    }
    measure_list(taste, point);
    return point;
  }

  // A list of the measured items by the taste alone, against items at random.
  void measure_list(const style::Taste& taste, TastePoint& point) const {
    std::vector<std::pair<double, std::size_t>> scored;
    double best = 0;
    for (std::size_t item = 0; item < catalogue_.size(); ++item) {
      if (is_measured_[item] == 0) continue;
      scored.emplace_back(taste.score(catalogue_.items[item]).score, item);
      best += person_.best[item];
    }
    point.plain_list = best / static_cast<double>(scored.size());
    point.list = point.plain_list;
    if (taste.background() == nullptr) return;
    std::ranges::stable_sort(scored, std::greater(), &std::pair<double, std::size_t>::first);
    scored.resize(std::min(kTop, scored.size()));
    double listed = 0;
    for (const auto& [score, item] : scored) listed += person_.best[item];
    point.list = listed / static_cast<double>(kTop);
  }

  const TasteCatalogue& catalogue_;
  const TasteEvaluationOptions& options_;
  const std::size_t number_;
  SeededDraws draws_;
  SimulatedPerson person_;
  style::TasteLearner learner_;
  std::vector<std::uint8_t> is_measured_;
  std::vector<std::uint8_t> is_tapped_;
  std::size_t tap_count_ = 0;
};

void add_point(TastePoint& sum, const TastePoint& point, double share) {
  sum.taps = point.taps;
  sum.plain += share * point.plain;
  sum.personal += share * point.personal;
  sum.plain_list += share * point.plain_list;
  sum.list += share * point.list;
  sum.confidence += share * point.confidence;
}

// The means over people of their points.
std::vector<TastePoint> mean_points(const std::vector<std::vector<TastePoint>>& people) {
  std::vector<TastePoint> means(people.front().size());
  for (const std::vector<TastePoint>& points : people) {
    for (std::size_t i = 0; i < points.size(); ++i) {
      add_point(means[i], points[i], 1 / static_cast<double>(people.size()));
    }
  }
  return means;
}

std::vector<TasteGoal> goals_of(const TasteEvaluation& evaluation) {
  std::vector<TasteGoal> goals;
  if (const TastePoint* const point = evaluation.find("as it is", 20)) {
    goals.push_back({.name = "gain after 20 taps", .least = 0.3, .reached = point->gain()});
  }
  const TastePoint* const before = evaluation.find(kChangeNames[0], kTapsBeforeChange);
  const TastePoint* const after = evaluation.find(kChangeNames[1], 30);
  if (before != nullptr && after != nullptr) {
    goals.push_back({.name = "precision 30 taps after a change, to before",
                     .least = 0.9,
                     .reached = before->personal > 0 ? after->personal / before->personal : 0});
  }
  // One number of all points: each has noise of its own.
  TastePoint random;
  for (const TasteScenario& scenario : evaluation.scenarios) {
    if (scenario.name != "at random") continue;
    for (const TastePoint& point : scenario.points) add_point(random, point, 1);
  }
  goals.push_back({.name = "gain with random taps", .least = -0.02, .reached = random.gain()});
  return goals;
}

// What a name says before a word for a gender; its first word when it has none among the first five.
std::string brand_of(const std::string& name) {
  constexpr std::array<std::string_view, 11> kGenders = {"men", "women", "unisex", "boys", "girls", "kids",
                                                         "man", "woman", "men's",  "boy",  "girl"};
  std::string brand;
  std::string first;
  std::string_view rest = name;
  for (int i = 0; i < 5 && !trim(rest).empty(); ++i) {
    rest = trim(rest);
    const std::size_t end = std::min(rest.find(' '), rest.size());
    const std::string word = to_lower(rest.substr(0, end));
    rest.remove_prefix(end);
    if (std::ranges::contains(kGenders, word)) return brand;
    if (first.empty()) first = word;
    brand += (brand.empty() ? "" : " ") + word;
  }
  return first;
}

}  // namespace

const TastePoint* TasteEvaluation::find(std::string_view scenario, std::size_t taps) const {
  for (const TasteScenario& one : scenarios) {
    if (one.name != scenario) continue;
    const auto found = std::ranges::find(one.points, taps, &TastePoint::taps);
    if (found != one.points.end()) return &*found;
  }
  return nullptr;
}

std::vector<std::string> taste_columns() {
  return {"subCategory", "articleType", "baseColour", "gender", "season", "usage", "productDisplayName"};
}

Result<TasteSample> taste_sample(const EvaluationSet& set, const EvaluationVectors& vectors) {
  if (set.label_names != taste_columns()) return invalid("path", "has not the columns of the product table");
  TasteSample sample;
  sample.dimensions = static_cast<std::size_t>(vectors.dimensions);
  for (std::size_t row = 0; row < set.rows.size(); ++row) {
    const std::vector<std::string>& labels = set.rows[row].labels;
    if (vectors.present[row] == 0 || labels[1].empty()) continue;
    sample.items.push_back({.category = to_lower(labels[0]),
                            .kind = to_lower(labels[1]),
                            .color = to_lower(labels[2]),
                            .gender = to_lower(labels[3]),
                            .season = to_lower(labels[4]),
                            .occasion = to_lower(labels[5]),
                            .brand = brand_of(labels[6])});
    const auto begin = vectors.values.begin() + static_cast<std::ptrdiff_t>(row * sample.dimensions);
    sample.vectors.insert(sample.vectors.end(), begin,
                          begin + static_cast<std::ptrdiff_t>(sample.dimensions));
  }
  if (sample.items.size() < kMinItems) {
    return invalid("path", fit::format("needs at least {} items with a photo and a kind", kMinItems));
  }
  return sample;
}

Result<TasteEvaluation> evaluate_taste(const TasteSample& sample, const TasteEvaluationOptions& options,
                                       const std::stop_token& stop) {
  if (options.people == 0 || options.people > kMaxPeople) {
    return invalid("people", fit::format("must be from 1 to {}", kMaxPeople));
  }
  if (options.queries == 0) return invalid("queries", "must be at least 1");
  FIT_TRY(const TasteCatalogue catalogue, TasteCatalogue::prepare(sample));
  TasteEvaluation evaluation{
      .items = catalogue.size(), .people = options.people, .scenarios = {}, .goals = {}};
  for (const Scenario& scenario : scenarios()) {
    std::vector<std::vector<TastePoint>> points(options.people);
    std::vector<std::vector<TastePoint>> after(options.people);
    FIT_CHECK(parallel_for(options.people, {.grain = 1, .stop = stop}, [&](std::size_t i) -> Result<void> {
      Simulation simulation(catalogue, options, i);
      points[i] = simulation.run(scenario.taps, scenario.marks);
      if (scenario.after_marks.empty()) return {};
      simulation.change_taste();
      after[i] = simulation.run(scenario.taps, scenario.after_marks);
      return {};
    }));
    evaluation.scenarios.push_back({.name = std::string(scenario.name), .points = mean_points(points)});
    if (scenario.after_marks.empty()) continue;
    evaluation.scenarios.push_back({.name = std::string(kChangeNames[1]), .points = mean_points(after)});
  }
  evaluation.goals = goals_of(evaluation);
  return evaluation;
}

Json to_json(const TasteEvaluation& evaluation) {
  Json json = {{"items", evaluation.items},
               {"people", evaluation.people},
               {"scenarios", Json::array()},
               {"goals", Json::array()}};
  for (const TasteScenario& scenario : evaluation.scenarios) {
    Json points = Json::array();
    for (const TastePoint& point : scenario.points) {
      points.push_back({{"taps", point.taps},
                        {"plain_precision", point.plain},
                        {"personal_precision", point.personal},
                        {"gain", point.gain()},
                        {"plain_list_precision", point.plain_list},
                        {"list_precision", point.list},
                        {"confidence", point.confidence}});
    }
    json["scenarios"].push_back({{"taps", scenario.name}, {"points", std::move(points)}});
  }
  for (const TasteGoal& goal : evaluation.goals) {
    json["goals"].push_back(
        {{"goal", goal.name}, {"least", goal.least}, {"reached", goal.reached}, {"met", goal.is_met()}});
  }
  return json;
}

}  // namespace fit::evaluate
