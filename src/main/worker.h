#pragma once

#include <stop_token>

#include "base/config.h"
#include "base/log.h"
#include "base/result.h"

namespace fit {

// Works on the jobs of the configured catalogue until the stop is requested, without serving HTTP. kInvalid
// naming a setting; the errors of opening the catalogue. Blocks.
Result<void> work(const Config& config, const Log& log, const std::stop_token& stop);

}  // namespace fit
