#pragma once

#include <filesystem>

#include "base/metrics.h"

namespace fit::monitor {

// Adds what a process takes from its machine to the metrics: processor time, resident memory, open files, and
// the space where `storage` is. Read at each Metrics::expose(). Call it once for a process.
void show_process(Metrics& metrics, const std::filesystem::path& storage);

}  // namespace fit::monitor
