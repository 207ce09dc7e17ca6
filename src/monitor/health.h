#pragma once

#include <functional>
#include <string>
#include <vector>

#include "base/json.h"
#include "base/result.h"

namespace fit::monitor {

// One part of the program that can be well or not: the store, the index, the model, the storage folder.
struct Check {
  std::string name;
  // The part's state in numbers and words for /health, or the Error that makes it unusable. Must be quick and
  // thread-safe.
  std::function<Result<Json>()> probe;
};

struct PartHealth {
  std::string name;
  bool ok = false;
  Json state;         // what the probe answered
  std::string error;  // safe to show
};

// Asks each part in turn.
class Health {
 public:
  explicit Health(std::vector<Check> checks) : checks_(std::move(checks)) {}

  std::vector<PartHealth> probe() const;
  // True when every part is usable.
  static bool all_ok(const std::vector<PartHealth>& parts);

 private:
  std::vector<Check> checks_;
};

}  // namespace fit::monitor
