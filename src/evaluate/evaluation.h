#pragma once

#include <string>
#include <vector>

#include "base/json.h"
#include "base/result.h"
#include "evaluate/evaluation_set.h"

namespace fit::evaluate {

// How often the nearest images carry the query's label; each 0 to 1, 1 is best. The mean over queries.
struct EvaluationScore {
  std::size_t queries = 0;
  double precision_at_10 = 0;         // the share of the ten nearest with the query's value
  double top1 = 0;                    // the share of queries whose nearest has it
  double mean_average_precision = 0;  // over the whole ranking (Manning et al., Introduction to Information
                                      // Retrieval, 8.4)
};

struct EvaluationReport {
  struct Value {
    std::string value;
    EvaluationScore score;
  };
  struct Label {
    std::string name;
    EvaluationScore overall;
    std::vector<Value> values;  // most queries first
    std::size_t left_out = 0;   // queries without a value, or whose value is too rare to ask for
  };
  std::string space;
  int dimensions = 0;
  std::size_t images = 0;
  std::size_t unreadable = 0;
  bool leave_one_out = false;
  std::size_t queries = 0;
  std::size_t gallery = 0;
  std::vector<Label> labels;
  double seconds = 0;  // of ranking
};

// In leave-one-out a value with fewer images than this asks no question, since ten nearest could not all
// carry it; its images stay among the answers. Against a gallery, a value that the gallery lacks asks none.
inline constexpr std::size_t kMinLabelMembers = 11;

struct EvaluateOptions {
  std::string space;        // the vectors' name, for the report
  std::size_t threads = 0;  // 0: the number of cores
};

// Ranks every answer for every query by exact cosine and scores each label. Equal scores rank by row order,
// so that the result does not depend on threads. kInvalid when vectors and rows do not belong together or no
// query remains; kCancelled when `progress` (may be empty) returned false. Blocks.
Result<EvaluationReport> evaluate(const EvaluationSet& set, const EvaluationVectors& vectors,
                                  const EvaluateOptions& options, const EvaluationProgress& progress = {});

// For terminals: a few lines of facts, then a row a label and, below each, a row a value.
std::string to_table(const EvaluationReport& report);
Json to_json(const EvaluationReport& report);

}  // namespace fit::evaluate
