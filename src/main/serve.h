#pragma once

#include "base/result.h"
#include "main/app.h"

namespace fit {

// Serves HTTP until SIGTERM or SIGINT: /live at once, /ready when the index has caught up. Images without a
// vector in the active space are embedded in the background.
Result<void> serve(App& app);

}  // namespace fit
