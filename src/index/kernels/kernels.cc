#include "index/kernels/kernels.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "index/kernels/kernels.cc"
#include <hwy/foreach_target.h>
#include <hwy/highway.h>

HWY_BEFORE_NAMESPACE();
namespace fit::index {
namespace HWY_NAMESPACE {
namespace hn = hwy::HWY_NAMESPACE;

// Two partial sums a row hide the latency of the multiply-add, and leave registers for four rows.
float dot(const float* HWY_RESTRICT a, const float* HWY_RESTRICT b, std::size_t count) {
  const hn::ScalableTag<float> d;
  const std::size_t lanes = hn::Lanes(d);
  auto even = hn::Zero(d);
  auto odd = hn::Zero(d);
  std::size_t i = 0;
  for (; i + 2 * lanes <= count; i += 2 * lanes) {
    even = hn::MulAdd(hn::LoadU(d, a + i), hn::LoadU(d, b + i), even);
    odd = hn::MulAdd(hn::LoadU(d, a + i + lanes), hn::LoadU(d, b + i + lanes), odd);
  }
  for (; i < count; i += lanes) {
    const std::size_t rest = count - i;
    even = hn::MulAdd(hn::LoadN(d, a + i, rest), hn::LoadN(d, b + i, rest), even);
  }
  return hn::ReduceSum(d, hn::Add(even, odd));
}

void dot4(const float* HWY_RESTRICT query, const float* const* rows, std::size_t count, float* scores) {
  const hn::ScalableTag<float> d;
  const std::size_t lanes = hn::Lanes(d);
  const float* HWY_RESTRICT r0 = rows[0];
  const float* HWY_RESTRICT r1 = rows[1];
  const float* HWY_RESTRICT r2 = rows[2];
  const float* HWY_RESTRICT r3 = rows[3];
  auto even0 = hn::Zero(d);
  auto even1 = even0;
  auto even2 = even0;
  auto even3 = even0;
  auto odd0 = even0;
  auto odd1 = even0;
  auto odd2 = even0;
  auto odd3 = even0;
  std::size_t i = 0;
  for (; i + 2 * lanes <= count; i += 2 * lanes) {
    const auto q0 = hn::LoadU(d, query + i);
    const auto q1 = hn::LoadU(d, query + i + lanes);
    even0 = hn::MulAdd(q0, hn::LoadU(d, r0 + i), even0);
    even1 = hn::MulAdd(q0, hn::LoadU(d, r1 + i), even1);
    even2 = hn::MulAdd(q0, hn::LoadU(d, r2 + i), even2);
    even3 = hn::MulAdd(q0, hn::LoadU(d, r3 + i), even3);
    odd0 = hn::MulAdd(q1, hn::LoadU(d, r0 + i + lanes), odd0);
    odd1 = hn::MulAdd(q1, hn::LoadU(d, r1 + i + lanes), odd1);
    odd2 = hn::MulAdd(q1, hn::LoadU(d, r2 + i + lanes), odd2);
    odd3 = hn::MulAdd(q1, hn::LoadU(d, r3 + i + lanes), odd3);
  }
  for (; i < count; i += lanes) {
    const std::size_t rest = count - i;
    const auto q = hn::LoadN(d, query + i, rest);
    even0 = hn::MulAdd(q, hn::LoadN(d, r0 + i, rest), even0);
    even1 = hn::MulAdd(q, hn::LoadN(d, r1 + i, rest), even1);
    even2 = hn::MulAdd(q, hn::LoadN(d, r2 + i, rest), even2);
    even3 = hn::MulAdd(q, hn::LoadN(d, r3 + i, rest), even3);
  }
  scores[0] = hn::ReduceSum(d, hn::Add(even0, odd0));
  scores[1] = hn::ReduceSum(d, hn::Add(even1, odd1));
  scores[2] = hn::ReduceSum(d, hn::Add(even2, odd2));
  scores[3] = hn::ReduceSum(d, hn::Add(even3, odd3));
}

float distance(const void* a, const void* b, const void* count) {
  return -dot(static_cast<const float*>(a), static_cast<const float*>(b),
              *static_cast<const std::size_t*>(count));
}

}  // namespace HWY_NAMESPACE
}  // namespace fit::index
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
#include "index/kernels/targets.h"

namespace fit::index {
namespace {

HWY_EXPORT(dot);
HWY_EXPORT(dot4);
HWY_EXPORT(distance);

Kernels chosen(std::int64_t target) {
  return {hwy::TargetName(target), HWY_DYNAMIC_POINTER(dot), HWY_DYNAMIC_POINTER(dot4),
          HWY_DYNAMIC_POINTER(distance)};
}

}  // namespace

Kernels best_kernels() {
  return make_for_best_target(&chosen);
}

std::vector<Kernels> all_kernels() {
  return make_for_all_targets(&chosen);
}

}  // namespace fit::index
#endif
