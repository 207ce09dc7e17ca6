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

// How often the ten first answers to "this, but in another colour" are right; each 0 to 1, 1 is best. The
// mean over questions.
struct ComposedScore {
  double colour = 0;  // the share of the ten that have the asked colour
  double type = 0;    // the share that keep the example's type
  double both = 0;
};

struct ComposedReport {
  std::string space;
  std::string type_label;
  std::string colour_label;
  std::size_t images = 0;
  std::size_t questions = 0;
  ComposedScore addition;      // of vectors alone: the ten nearest to the sum of the image's and the words'
  ComposedScore images_alone;  // the engine, where it knows nothing of an item but its image
  ComposedScore with_properties;  // the engine, where items have type and colour as properties
};

struct ComposedOptions {
  std::size_t questions = 500;  // at most
  std::uint32_t seed = 1;
};

// Asks the search engine with an image of the set and "but in" a colour drawn from those that at least ten
// images of its type have. Type and colour are the two parts of the set's first joint label. The catalogue
// is a temporary one. kInvalid where there is no such label, no such question, or no text side.
Result<ComposedReport> evaluate_composed(const EvaluationSet& set, const EvaluationVectors& vectors,
                                         embed::Embedder& embedder, const ontology::Ontology& ontology,
                                         const ComposedOptions& options);

std::string to_table(const ComposedReport& report);
Json to_json(const ComposedReport& report);

}  // namespace fit::evaluate
