#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "base/result.h"
#include "sql/database.h"
#include "style/experiments/experiment_note.h"
#include "style/experiments/sequential_test.h"

namespace fit::style {

// What is counted of one person in one experiment.
struct PersonCounts {
  ExperimentId experiment;
  std::string variant;  // "a", "b", or "ab" where each search has results of both
  std::int64_t searches = 0;
  std::int64_t clicked = 0;  // searches with a click
  std::int64_t clicks = 0;   // items that were clicked, of each search, and so on
  std::int64_t saves = 0;
  std::int64_t buys = 0;

  friend bool operator==(const PersonCounts&, const PersonCounts&) = default;
};

// The sums of an experiment's people, one for each of kExperimentMetrics: x is the denominator of the metric,
// y its numerator. Of interleaved results y is the count of B minus that of A, and there are sums for the
// first three metrics only.
using MetricSums = std::array<PeopleSums, kExperimentMetrics.size()>;

struct ExperimentSums {
  MetricSums a;
  MetricSums b;
  MetricSums interleaved;
  // The counts of interleaved results by variant, for the first three metrics.
  std::array<double, 3> of_a{};
  std::array<double, 3> of_b{};
};

// The sums of an experiment in shadow mode.
struct ShadowSums {
  std::int64_t compared = 0;
  std::int64_t failed = 0;   // B returned an error
  std::int64_t dropped = 0;  // not asked, because too many searches waited
  double overlap = 0;        // of RankOverlap, over the compared searches
  double rank_biased = 0;
  std::int64_t timed = 0;  // compared searches that no cache answered; the times are theirs, in milliseconds
  double a_ms = 0;
  double b_ms = 0;
  double a_slowest_ms = 0;
  double b_slowest_ms = 0;

  void add(const ShadowSums& other);
};

// What people do in the experiments of a catalogue: counts for each person, and the searches of the last
// hour, to which clicks are attributed. Thread-safe; calls block. Errors: as for sql::Database.
class ExperimentRecords {
 public:
  // The most people of one experiment; those who come later are served and not counted.
  static constexpr std::int64_t kMaxPeople = 1'000'000;

  explicit ExperimentRecords(sql::Database& database) : database_(database) {}

  // Stores notes in their order, all or none; those of an experiment that does not run are left out, and so
  // are searches of a person who has met another variant before. An event counts once for each search, and is
  // attributed to the person's latest search within kAttributionTime that showed the item. `takes_people` is
  // false for an experiment that has kMaxPeople.
  Result<void> store(std::span<const ExperimentNote> notes, bool takes_people = true);
  Result<std::int64_t> people(ExperimentId experiment);

  Result<ExperimentSums> sums(ExperimentId experiment, ExperimentMode mode);

  Result<void> add_shadows(ExperimentId experiment, const ShadowSums& sums);
  Result<ShadowSums> shadows(ExperimentId experiment);

  // Removes at most `limit` searches from before `time`, whose counts stay; returns how many.
  Result<std::int64_t> prune(Timestamp time, std::size_t limit);

  Result<std::vector<PersonCounts>> of_person(const Person& person);
  // Removes all that is known of a person.
  Result<void> forget(const Person& person);
  // The ids of users who are in an experiment.
  Result<std::vector<std::int64_t>> users();

 private:
  sql::Database& database_;
};

}  // namespace fit::style
