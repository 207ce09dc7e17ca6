#pragma once

#include <string>
#include <vector>

#include "base/json.h"
#include "base/result.h"
#include "embed/embedder.h"
#include "evaluate/evaluation_set.h"

namespace fit::evaluate {

// How well words find images; each 0 to 1, 1 is best. The mean over queries, one for each value of a label
// that enough images carry.
struct TextScore {
  std::size_t queries = 0;
  double precision_at_10 = 0;       // the share of the ten nearest that carry the value
  double recall_at_10 = 0;          // the share found in the ten nearest of those that ten can hold
  double mean_reciprocal_rank = 0;  // one over the place of the first that carries it (Craswell, 2009)
};

struct TextReport {
  struct Value {
    std::string text;  // as it was asked: "Navy Blue Tshirts"
    std::size_t members = 0;
    TextScore score;
  };
  struct Label {
    std::string name;
    TextScore overall;
    std::vector<Value> values;  // most members first
  };
  std::string space;
  std::vector<Label> labels;
};

// Values of fewer images ask no question: ten nearest could not all carry them.
inline constexpr std::size_t kMinTextMembers = 10;

// Asks for each value of each label by its words, the parts of a joint label ("type+colour") from the last to
// the first ("colour type"), among all images that answer (the gallery where there is one). kInvalid when
// the embedder has no text side.
Result<TextReport> evaluate_texts(const EvaluationSet& set, const EvaluationVectors& vectors,
                                  embed::Embedder& embedder);

std::string to_table(const TextReport& report);
Json to_json(const TextReport& report);

}  // namespace fit::evaluate
