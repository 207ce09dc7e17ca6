#pragma once

#include <cstdint>

#include "base/result.h"
#include "base/text_input.h"

namespace fit::ingest {

// The separator of a table.
struct Separator {
  char character = ',';
  std::int64_t first_line = 1;  // the line of the header
};

// Finds the separator of a table by its first line that is not blank. Consumes blank lines and a line such as
// "sep=;". Returns the errors of reading the input.
Result<Separator> find_separator(TextInput& input);

}  // namespace fit::ingest
