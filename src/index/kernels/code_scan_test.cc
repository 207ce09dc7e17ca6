#include "index/kernels/code_scan.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstring>
#include <random>

#include "base/format.h"

namespace fit::index {
namespace {

struct Half {
  float value;
  std::uint16_t bits;
};
constexpr Half kHalves[] = {{0.0F, 0x0000},  {1.0F, 0x3C00},           {-2.0F, 0xC000},
                            {0.5F, 0x3800},  {0.15625F, 0x3100},       {-0.0999755859375F, 0xAE66},
                            {65504, 0x7BFF}, {6.103515625e-5F, 0x0400}};

TEST(CodeKernels, EveryTargetAgreesWithAPlainLoop) {
  std::mt19937 random(1);
  const auto targets = all_code_kernels();
  ASSERT_FALSE(targets.empty());
  for (const std::size_t code_bytes : {4, 8, 16, 48, 64, 96, 128}) {
    for (const std::size_t shift : {0, 2}) {
      std::vector<std::uint8_t> block(shift + kBlockVectors * code_bytes + kFactorBytes);
      std::vector<std::uint8_t> low(shift + 16 * code_bytes);
      std::vector<std::uint8_t> high(shift + 16 * code_bytes);
      for (std::uint8_t& byte : block) byte = static_cast<std::uint8_t>(random());
      for (std::uint8_t& byte : low) byte = static_cast<std::uint8_t>(random());
      for (std::uint8_t& byte : high) byte = static_cast<std::uint8_t>(random());
      std::uint8_t* const factors = block.data() + shift + kBlockVectors * code_bytes;
      for (std::size_t v = 0; v < kBlockVectors; ++v) {
        std::memcpy(factors + 2 * v, &kHalves[v % 8].bits, 2);
        std::memcpy(factors + 2 * (kBlockVectors + v), &kHalves[(v + 3) % 8].bits, 2);
      }
      const CodeTables tables{low.data() + shift, high.data() + shift, code_bytes, 0.001F, -7.5F};
      for (const CodeKernels& kernels : targets) {
        SCOPED_TRACE(fit::format("{} with {} bytes", kernels.target, code_bytes));
        std::vector<float> estimates(kBlockVectors);
        kernels.estimate(block.data() + shift, tables, 0.25F, estimates.data());
        for (std::size_t v = 0; v < kBlockVectors; ++v) {
          int sum = 0;
          for (std::size_t j = 0; j < code_bytes; ++j) {
            const std::uint8_t code = block[shift + 16 * j + v];
            sum += tables.low[16 * j + (code & 15)] + tables.high[16 * j + (code >> 4)];
          }
          const double offset = kHalves[(v + 3) % 8].value;
          const double plain = 0.25 + offset + double{kHalves[v % 8].value} * (-7.5 + 0.001F * double(sum));
          EXPECT_NEAR(estimates[v], plain, 1e-5 * (1 + std::abs(plain) + std::abs(offset))) << v;
        }
      }
    }
  }
}

TEST(CodeKernels, SumsGoUpTo65535) {
  constexpr std::size_t kCodeBytes = 128;
  std::vector<std::uint8_t> block(kBlockVectors * kCodeBytes + kFactorBytes, 0xFF);
  const std::uint16_t one = 0x3C00;
  for (std::size_t v = 0; v < kBlockVectors; ++v) {
    std::memcpy(block.data() + kBlockVectors * kCodeBytes + 2 * v, &one, 2);
    std::memcpy(block.data() + kBlockVectors * (kCodeBytes + 2) + 2 * v, "\0\0", 2);
  }
  std::vector<std::uint8_t> tables(16 * kCodeBytes, 255);
  for (const CodeKernels& kernels : all_code_kernels()) {
    std::vector<float> estimates(kBlockVectors);
    kernels.estimate(block.data(), {tables.data(), tables.data(), kCodeBytes, 1, 0}, 0, estimates.data());
    for (const float one_estimate : estimates)
      EXPECT_EQ(one_estimate, 255.0F * 2 * kCodeBytes) << kernels.target;
  }
}

TEST(CodeKernels, TheBestTargetIsOneOfAll) {
  const auto targets = all_code_kernels();
  const CodeKernels best = best_code_kernels();
  EXPECT_TRUE(std::ranges::any_of(targets, [&](const CodeKernels& k) {
    return k.target == best.target && k.estimate == best.estimate;
  })) << best.target;
}

}  // namespace
}  // namespace fit::index
