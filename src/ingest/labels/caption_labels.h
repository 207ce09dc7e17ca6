#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "embed/caption.h"
#include "ingest/labels/label.h"
#include "ontology/ontology.h"

namespace fit::ingest {

// The properties that a vision-language model is asked for, with the values of the ontology.
std::vector<embed::CaptionField> caption_fields(const ontology::Ontology& ontology);

// The labels of a caption, and what was left out of it.
struct CaptionLabels {
  std::vector<Label> labels;
  std::vector<std::string> dropped;  // "pattern: zigzag", for the log
};
// Checks a caption against the ontology: values that it does not have are dropped, as are texts with a link.
// Markup is removed from texts. `model` is CaptionProvider::name(). Thread-safe.
CaptionLabels labels_of_caption(const ontology::Ontology& ontology, const embed::Caption& caption,
                                std::string_view model);

}  // namespace fit::ingest
