#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace fit::index {

// The vectors whose codes lie together in a block.
inline constexpr std::size_t kBlockVectors = 16;
// The bytes behind a block's codes: 16 scales, then 16 offsets, as 16-bit floats (IEEE 754 binary16).
inline constexpr std::size_t kFactorBytes = kBlockVectors * 2 * sizeof(std::uint16_t);

// A query prepared for a scan of codes of `code_bytes` bytes, a multiple of 4. Byte j of a code adds
// low[16 j + its lower four bits] + high[16 j + its upper four bits] to the code's sum; a sum is below 65536.
// The tables are borrowed.
struct CodeTables {
  const std::uint8_t* low = nullptr;
  const std::uint8_t* high = nullptr;
  std::size_t code_bytes = 0;
  float step = 0;  // the product of query and decoded vector is bias + step * sum
  float bias = 0;
};

// The kernels of one SIMD target that scan quantised codes. Thread-safe.
struct CodeKernels {
  std::string target;

  // Estimates the similarity of the query to the 16 vectors of a block. `block` holds byte j of vector v at
  // 16 j + v, then the factors: estimates[v] = base + offset[v] + scale[v] * (bias + step * sum of v).
  void (*estimate)(const std::uint8_t* block, const CodeTables& tables, float base, float* estimates);
};

// The kernels for this processor's best target.
CodeKernels best_code_kernels();

// One entry for each target that this processor can run, for tests. Must not run beside best_code_kernels().
std::vector<CodeKernels> all_code_kernels();

}  // namespace fit::index
