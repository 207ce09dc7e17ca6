#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace fit::monitor {

// How bad a finding is.
enum class Severity : std::uint8_t {
  kOk,       // nothing is wrong
  kWarning,  // the program works, but something about it should change
  kFault,    // the program does not work, or will lose data or service
};

// What one check of the machine or of the configuration has found.
struct Finding {
  std::string check;  // the name of what was checked: "database", "disk space"
  Severity severity = Severity::kOk;
  std::string what;    // the state, in one sentence without a full stop
  std::string advice;  // what to do; empty where nothing is wrong
};
using Findings = std::vector<Finding>;

inline Finding ok(std::string check, std::string what) {
  return {std::move(check), Severity::kOk, std::move(what), {}};
}
inline Finding warning(std::string check, std::string what, std::string advice) {
  return {std::move(check), Severity::kWarning, std::move(what), std::move(advice)};
}
inline Finding fault(std::string check, std::string what, std::string advice) {
  return {std::move(check), Severity::kFault, std::move(what), std::move(advice)};
}

}  // namespace fit::monitor
