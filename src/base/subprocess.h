#pragma once

#include <map>
#include <stop_token>
#include <string>
#include <vector>

#include "base/result.h"

namespace fit {

// How a program ended.
struct SubprocessResult {
  int status = 0;      // its exit status; 128 + the signal's number when a signal ended it
  std::string errors;  // what it wrote to standard error, the last 64 KiB
};

// Runs a program of PATH and blocks until it ends. Its input is empty and its output is discarded.
// `environment` is added to that of this process. A requested stop ends the program (SIGTERM). Thread-safe.
// kNotFound when PATH has no such program, kCancelled when stopped.
Result<SubprocessResult> run_program(const std::vector<std::string>& command,
                                     const std::map<std::string, std::string>& environment,
                                     const std::stop_token& stop);

}  // namespace fit
