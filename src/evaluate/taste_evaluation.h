#pragma once

#include <cstddef>
#include <cstdint>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

#include "base/json.h"
#include "base/result.h"
#include "evaluate/evaluation_set.h"

namespace fit::evaluate {

// The items among which simulated people choose.
struct TasteSample {
  struct Item {
    std::string category = {};
    std::string kind = {};
    std::string color = {};
    std::string gender = {};
    std::string season = {};
    std::string occasion = {};
    std::string brand = {};
  };
  std::vector<Item> items = {};
  std::size_t dimensions = 0;
  std::vector<float> vectors = {};  // of all items, one after the other, each with L2 norm 1
};

// The columns of the public product table that taste_sample() reads, in the order of the labels.
std::vector<std::string> taste_columns();
// The rows that have a vector and a kind, of a set that was loaded with taste_columns(). The brand is what
// the name says before a word for a gender, or its first word. kInvalid naming "path" for fewer than 200
// rows.
Result<TasteSample> taste_sample(const EvaluationSet& set, const EvaluationVectors& vectors);

struct TasteEvaluationOptions {
  std::size_t people = 100;
  std::size_t queries = 8;  // of each person at each point
  std::uint64_t seed = 1;
  double weight = 0.5;  // of the taste in a search
};

// Means over people and queries after a number of taps; precisions are 0 to 1, 1 is best.
struct TastePoint {
  std::size_t taps = 0;
  double plain = 0;       // precision at 10 of a search without the taste
  double personal = 0;    // and reranked by it
  double plain_list = 0;  // precision at 10 of items at random
  double list = 0;        // and of a list by the taste alone
  double confidence = 0;  // of the taste

  double gain() const { return plain > 0 ? personal / plain - 1 : 0; }
};

// What a kind of people led to: "as it is", "20 % wrong", "at random", "before a change", "after a change".
struct TasteScenario {
  std::string name;
  std::vector<TastePoint> points;
};

// A property that the taste is to have.
struct TasteGoal {
  std::string name;
  double least = 0;
  double reached = 0;

  bool is_met() const { return reached >= least; }
};

struct TasteEvaluation {
  std::size_t items = 0;
  std::size_t people = 0;
  std::vector<TasteScenario> scenarios;
  std::vector<TasteGoal> goals;

  const TastePoint* find(std::string_view scenario, std::size_t taps) const;  // null: there is none
};

// Simulates people who search and tap. A person likes three kinds, three colours and three brands, the look
// of one item, and has whims that nothing explains. A tap follows a search by the photo of an item: of the
// first ten results the best is liked (three of four times) or the worst disliked; 20 % of the taps are
// wrong, or all are at random. A result is good when it is of the kind of the query and among the best 30 %
// of that kind for this person. One half of the items, drawn for each person, is tapped, and the other half
// is measured, so that nothing is measured that was tapped. A change gives the person another taste after 30
// taps.
//
// Deterministic for a seed, whatever the number of threads. kInvalid naming "path" when fewer than three
// kinds, colours or brands are frequent; kCancelled. Blocks.
Result<TasteEvaluation> evaluate_taste(const TasteSample& sample, const TasteEvaluationOptions& options,
                                       const std::stop_token& stop);

Json to_json(const TasteEvaluation& evaluation);

}  // namespace fit::evaluate
