#pragma once

#include "base/config.h"
#include "base/log.h"
#include "base/result.h"

namespace fit {

// Serves HTTP and blocks until SIGTERM or SIGINT: /live at once, /ready when the index is up to date. Images
// and texts without a vector are embedded in the background. The errors of opening the catalogue and of
// http::Server::run().
Result<void> serve(const Config& config, const Log& log);

}  // namespace fit
