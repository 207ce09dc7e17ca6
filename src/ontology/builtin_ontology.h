#pragma once

#include <string_view>

namespace fit::ontology {

// The text of ontology.json as it was when the program was built.
std::string_view builtin_ontology();

}  // namespace fit::ontology
