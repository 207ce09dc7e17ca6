#pragma once

#include <string>
#include <vector>

#include "ingest/labels/label.h"
#include "ontology/merge.h"

namespace fit::ingest {

// The model of this program that has predicted properties.
struct LocalModel {
  std::string name;
  std::string version;
};

// The labels of a picture that is known by the predictions of a local model alone: the properties with their
// confidences, and a title and a description made of them ("Navy striped cotton t-shirt", "A navy striped
// cotton t-shirt with short sleeves."). These have the least confidence of the values that they name. There
// are neither without a category. Thread-safe.
std::vector<Label> local_labels(const ontology::MergedProperties& properties, const LocalModel& model);

}  // namespace fit::ingest
