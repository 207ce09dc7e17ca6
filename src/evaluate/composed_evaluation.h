#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/json.h"
#include "base/result.h"
#include "embed/embedder.h"
#include "evaluate/evaluation_set.h"
#include "ontology/ontology.h"

namespace fit::evaluate {

// The correctness of the first ten results of the query "this, but in another colour": means over all
// queries, each 0 to 1, 1 is best.
struct ComposedScore {
  double colour = 0;  // share of the ten with the requested colour
  double type = 0;    // share of the ten with the example's type
  double both = 0;    // share of the ten with both
};

// The result of evaluate_composed().
struct ComposedReport {
  std::string space;
  std::string type_label;
  std::string colour_label;
  std::size_t images = 0;
  std::size_t queries = 0;
  ComposedScore addition;         // the nearest vectors to the sum of the image's and the words' vectors
  ComposedScore images_alone;     // the search engine on items that have an image only
  ComposedScore with_properties;  // the search engine on items that have type and colour as properties
};

// The queries of an evaluation.
struct ComposedOptions {
  std::size_t queries = 500;  // largest number of queries
  std::uint32_t seed = 1;
};

// Searches a temporary catalogue with an image of the set and the words "but in COLOUR". The colour is drawn
// from those that at least ten images of the image's type have. Type and colour are the two parts of the
// set's first joint label. kInvalid when the set has no such label, when there is no such query, or when the
// embedder has no text side. Blocks.
Result<ComposedReport> evaluate_composed(const EvaluationSet& set, const EvaluationVectors& vectors,
                                         embed::Embedder& embedder, const ontology::Ontology& ontology,
                                         const ComposedOptions& options);

std::string to_table(const ComposedReport& report);
Json to_json(const ComposedReport& report);

}  // namespace fit::evaluate
