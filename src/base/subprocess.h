#pragma once

#include <atomic>
#include <map>
#include <string>
#include <vector>

#include "base/result.h"

namespace fit {

struct SubprocessResult {
  int status = 0;      // as the program ended; 128 + the signal's number where one ended it
  std::string errors;  // what it wrote to standard error, the last 64 KiB
};

// Runs a program of PATH to its end, with nothing to read and its output thrown away. `environment` is added
// to this process's. Setting `stop` ends the program (SIGTERM). Blocks; thread-safe. kNotFound when there is
// no such program, kCancelled when stopped.
Result<SubprocessResult> run_program(const std::vector<std::string>& command,
                                     const std::map<std::string, std::string>& environment,
                                     const std::atomic<bool>& stop);

}  // namespace fit
