#pragma once

#include <cstddef>
#include <string>
#include <vector>

namespace fit::index {

// The inner-product kernels of one SIMD target. Every kernel of a target sums in the same order, so that one
// pair of vectors has one similarity whichever kernel computes it; targets differ in the last bits. Any count
// works, and no alignment is needed; rows that start on a cache line are faster. Thread-safe.
struct Kernels {
  std::string target;  // "AVX3_ZEN4", "AVX2", ...

  float (*dot)(const float* a, const float* b, std::size_t count);

  // scores[i] = dot(query, rows[i]), for four rows at once: their cache misses overlap.
  void (*dot4)(const float* query, const float* const* rows, std::size_t count, float* scores);

  // -dot with hnswlib's signature; `count` points to a std::size_t.
  float (*distance)(const void* a, const void* b, const void* count);
};

// The kernels for this processor's best target.
Kernels best_kernels();

// One entry for each target that this processor can run, for tests. Must not run beside best_kernels().
std::vector<Kernels> all_kernels();

}  // namespace fit::index
