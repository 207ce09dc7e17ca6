#pragma once

#include <hwy/highway.h>

#include <cstdint>
#include <vector>

// The instruction sets (targets) of Highway that a file of kernels is compiled for. Such a file includes this
// header within HWY_ONCE. `make(target)` returns the kernels of the chosen target, with HWY_DYNAMIC_POINTER.
namespace fit::index {

// The kernels of the best target that this processor has. Thread-safe.
template <class Make>
auto make_for_best_target(const Make& make) {
  const std::int64_t targets = hwy::SupportedTargets() & HWY_TARGETS;
  hwy::GetChosenTarget().Update(hwy::SupportedTargets());
  return make(targets & -targets);  // a better target has a lower bit
}

// The kernels of every target that this processor has, for tests. Nothing else may use kernels meanwhile.
template <class Make>
auto make_for_all_targets(const Make& make) {
  std::vector<decltype(make(std::int64_t{}))> all;
  for (const std::int64_t target : hwy::SupportedAndGeneratedTargets()) {
    hwy::SetSupportedTargetsForTest(target);
    hwy::GetChosenTarget().Update(hwy::SupportedTargets());
    all.push_back(make(target));
  }
  hwy::SetSupportedTargetsForTest(0);
  hwy::GetChosenTarget().Update(hwy::SupportedTargets());
  return all;
}

}  // namespace fit::index
