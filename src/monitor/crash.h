#pragma once

#include <filesystem>
#include <vector>

#include "base/result.h"
#include "monitor/sentry.h"

namespace fit::monitor {

// Makes the fatal signals SIGSEGV, SIGBUS, SIGFPE, SIGILL and SIGABRT write the stack of their thread into a
// file of `folder`, which the first crash makes, before they end the process as without this call. A stack
// that has overflowed is not written. Call it once. Has no effect in builds with
// sanitizers, which have handlers of their own.
void record_crashes(const std::filesystem::path& folder);

// Takes the crashes of earlier processes out of the folder, the oldest first. Each is taken by one process.
// Functions of the program have names where the same program runs now. Files that cannot be read are removed.
std::vector<ErrorReport> take_crashes(const std::filesystem::path& folder);

}  // namespace fit::monitor
