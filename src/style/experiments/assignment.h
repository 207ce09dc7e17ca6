#pragma once

#include <optional>

#include "style/experiments/experiment.h"
#include "style/feedback/person.h"

namespace fit::style {

// The variant of a person in an experiment; nullopt: the person is outside its share. It follows from a hash
// of both ids alone, so that a person meets the same variant on every page, day and server, the assignments
// of two experiments are independent, and a larger share keeps everybody where they are. In the mode
// kInterleaving the variant says nothing. Thread-safe; does not block.
std::optional<Variant> variant_of(ExperimentId experiment, double share, const Person& person);

}  // namespace fit::style
