#include "monitor/health.h"

#include <algorithm>

namespace fit::monitor {

std::vector<PartHealth> Health::probe() const {
  std::vector<PartHealth> parts;
  for (const Check& check : checks_) {
    PartHealth part{.name = check.name, .ok = false, .state = Json::object(), .error = {}};
    if (auto state = check.probe()) {
      part.ok = true;
      part.state = *std::move(state);
    } else {
      part.error = state.error().message;
    }
    parts.push_back(std::move(part));
  }
  return parts;
}

bool Health::all_ok(const std::vector<PartHealth>& parts) {
  return std::ranges::all_of(parts, &PartHealth::ok);
}

}  // namespace fit::monitor
