#pragma once

#include <vector>

#include "base/config.h"
#include "base/error.h"
#include "base/log.h"

namespace fit {

// The errors of the settings that only the start of a server reads, each naming its setting. Reads the files
// that settings name; blocks.
std::vector<Error> check_server_settings(const Config& config, const Log& log);

}  // namespace fit
