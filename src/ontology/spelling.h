#pragma once

#include <string_view>

namespace fit::ontology {

// How many letters must be added, dropped, changed or swapped with their neighbour to make one word of the
// other (optimal string alignment); stops counting above `limit` and answers limit + 1. Takes
// O(length x length); meant for words of some tens of bytes.
int edit_distance(std::string_view a, std::string_view b, int limit);

}  // namespace fit::ontology
