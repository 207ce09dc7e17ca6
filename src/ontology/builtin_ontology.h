#pragma once

#include <string_view>

namespace fit::ontology {

// The content of ontology.json at build time.
std::string_view builtin_ontology();

}  // namespace fit::ontology
