#pragma once

#include <string>
#include <vector>

#include "base/json.h"
#include "base/result.h"
#include "evaluate/evaluation_set.h"

namespace fit::evaluate {

// How often the nearest images have the query's value of a label: means over queries, each 0 to 1, 1 is best.
struct EvaluationScore {
  std::size_t queries = 0;
  double precision_at_10 = 0;         // share of the ten nearest with the query's value
  double top1 = 0;                    // share of queries whose nearest image has it
  double mean_average_precision = 0;  // over the whole ranking (Manning et al., Introduction to Information
                                      // Retrieval, 8.4)
};

// The result of evaluate().
struct EvaluationReport {
  // The score of the queries with one value.
  struct Value {
    std::string value;
    EvaluationScore score;
  };
  // The scores of one label.
  struct Label {
    std::string name;
    EvaluationScore overall;
    std::vector<Value> values;  // most queries first
    std::size_t left_out = 0;   // queries without a value or with a rare value
  };
  std::string space;
  int dimensions = 0;
  std::size_t images = 0;
  std::size_t unreadable = 0;
  bool leave_one_out = false;
  std::size_t queries = 0;
  std::size_t gallery = 0;
  std::vector<Label> labels;
  double seconds = 0;  // time of the ranking
};

// In leave-one-out, images of a value with fewer images than this are no queries, because the ten nearest
// could not all have the value; they remain candidates. Against a gallery, images of a value that the gallery
// lacks are no queries.
inline constexpr std::size_t kMinLabelMembers = 11;

// How an evaluation is run and named.
struct EvaluateOptions {
  std::string space;        // name of the vectors, for the report
  std::size_t threads = 0;  // 0: the number of cores
};

// Ranks every candidate for every query by exact cosine and scores each label. Equal cosines rank by row
// order, so that the result does not depend on threads. kInvalid when the vectors do not match the rows or no
// query remains; kCancelled after `stop`. Blocks; `progress` is called by one thread at a time.
Result<EvaluationReport> evaluate(const EvaluationSet& set, const EvaluationVectors& vectors,
                                  const EvaluateOptions& options, const Progress& progress = {},
                                  const std::stop_token& stop = {});

// The report as text for terminals: a summary, then a row per label with a row per value below it.
std::string to_table(const EvaluationReport& report);
Json to_json(const EvaluationReport& report);

}  // namespace fit::evaluate
