#pragma once

#include <functional>
#include <string>
#include <vector>

#include "base/json.h"
#include "base/result.h"

namespace fit::monitor {

// A part of the program that may be unusable: the store, the index, the model, the storage folder.
struct Check {
  std::string name;
  // Returns the part's state for /health, or the Error that makes it unusable. Must be quick and thread-safe.
  std::function<Result<Json>()> probe;
};

// The result of one probe.
struct PartHealth {
  std::string name;
  bool ok = false;
  Json state;         // the state that the probe returned; an empty object when it failed
  std::string error;  // safe to show to clients
};

// The parts of the program and their probes. Thread-safe.
class Health {
 public:
  explicit Health(std::vector<Check> checks) : checks_(std::move(checks)) {}

  // Probes each part, one after the other.
  std::vector<PartHealth> probe() const;
  // True when every part is usable.
  static bool all_ok(const std::vector<PartHealth>& parts);

 private:
  std::vector<Check> checks_;
};

}  // namespace fit::monitor
