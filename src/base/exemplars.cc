#include "base/exemplars.h"

#include <algorithm>

namespace fit {

void Exemplars::note(double value, const TraceContext& trace) {
  Exemplar made{.value = value, .trace_id = trace.trace_id(), .at = std::chrono::system_clock::now()};
  const auto bucket = static_cast<std::size_t>(std::ranges::lower_bound(bounds_, value) - bounds_.begin());
  const std::lock_guard lock(mutex_);
  latest_[bucket] = std::move(made);
}

std::vector<std::optional<Exemplar>> Exemplars::get() const {
  const std::lock_guard lock(mutex_);
  return latest_;
}

}  // namespace fit
