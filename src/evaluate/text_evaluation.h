#pragma once

#include <string>
#include <vector>

#include "base/json.h"
#include "base/result.h"
#include "embed/embedder.h"
#include "evaluate/evaluation_set.h"

namespace fit::evaluate {

// How well words find images: means over queries, each 0 to 1, 1 is best. There is one query for each value
// of a label that enough images have.
struct TextScore {
  std::size_t queries = 0;
  double precision_at_10 = 0;       // share of the ten nearest images that have the value
  double recall_at_10 = 0;          // the ten nearest images that have the value / min(10, images with it)
  double mean_reciprocal_rank = 0;  // 1 / rank of the first image with the value (Craswell, 2009)
};

// The result of evaluate_texts().
struct TextReport {
  // The score of the query for one value.
  struct Value {
    std::string text;  // the query: "Navy Blue Tshirts"
    std::size_t members = 0;
    TextScore score;
  };
  // The scores of one label.
  struct Label {
    std::string name;
    TextScore overall;
    std::vector<Value> values;  // most members first
  };
  std::string space;
  std::vector<Label> labels;
};

// Values of fewer images are no queries, because the ten nearest images could not all have them.
inline constexpr std::size_t kMinTextMembers = 10;

// Searches for each value of each label by its words among all images, or the gallery if there is one. The
// parts of a joint label ("type+colour") are given from the last to the first ("colour type"). kInvalid when
// the embedder has no text side. Blocks.
Result<TextReport> evaluate_texts(const EvaluationSet& set, const EvaluationVectors& vectors,
                                  embed::Embedder& embedder);

std::string to_table(const TextReport& report);
Json to_json(const TextReport& report);

}  // namespace fit::evaluate
