#pragma once

#include "base/config.h"
#include "base/result.h"
#include "cli/command_line.h"

namespace fit::cli {

// fit model list, pull, verify and bench. A pull that is killed is resumed by the next.
Result<void> run_model(const Config& config, const ModelArgs& args);

}  // namespace fit::cli
