#pragma once

#include "base/result.h"
#include "cli/command_line.h"

namespace fit::cli {

// `fit properties evaluate`: how well properties are read from the titles of a table.
Result<void> run_properties(const PropertiesArgs& args);

}  // namespace fit::cli
