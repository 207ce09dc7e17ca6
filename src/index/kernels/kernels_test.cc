#include "index/kernels/kernels.h"

#include <gtest/gtest.h>

#include <random>

#include "base/format.h"

namespace fit::index {
namespace {

std::vector<float> random_floats(std::size_t count, unsigned seed) {
  std::mt19937 random(seed);
  std::normal_distribution<float> normal;
  std::vector<float> values(count);
  for (float& value : values) value = normal(random);
  return values;
}

TEST(Kernels, EveryTargetAgreesWithAPlainLoopAtAwkwardSizesAndAlignments) {
  const auto targets = all_kernels();
  ASSERT_FALSE(targets.empty());
  const std::vector<float> a = random_floats(2100, 1);
  const std::vector<float> b = random_floats(5 * 2100, 2);
  for (const Kernels& kernels : targets) {
    SCOPED_TRACE(kernels.target);
    for (const std::size_t count :
         {1, 2, 3, 7, 8, 15, 16, 17, 31, 32, 33, 63, 100, 127, 384, 511, 512, 513, 768, 2048}) {
      for (const std::size_t shift : {0, 1, 3}) {
        SCOPED_TRACE(fit::format("count {} shift {}", count, shift));
        const float* query = a.data() + shift;
        const std::array<const float*, 4> rows = {b.data() + shift, b.data() + 2100, b.data() + 4201,
                                                  b.data() + 6305};
        std::array<float, 4> scores{};
        kernels.dot4(query, rows.data(), count, scores.data());
        for (std::size_t row = 0; row < rows.size(); ++row) {
          double plain = 0;
          double size = 0;
          for (std::size_t i = 0; i < count; ++i) {
            plain += double{query[i]} * rows[row][i];
            size += std::abs(double{query[i]} * rows[row][i]);
          }
          EXPECT_NEAR(scores[row], plain, 1e-6 * size + 1e-12);
          EXPECT_EQ(scores[row], kernels.dot(query, rows[row], count)) << "one pair, one similarity";
          EXPECT_EQ(-scores[row], kernels.distance(query, rows[row], &count));
        }
      }
    }
  }
}

TEST(Kernels, ReadNothingPastTheirVectors) {
  for (const Kernels& kernels : all_kernels()) {
    for (std::size_t count = 1; count < 70; ++count) {
      std::vector<float> a(count + 1, 1.0F);
      std::vector<float> b(count + 1, 1.0F);
      a.back() = b.back() = std::numeric_limits<float>::quiet_NaN();
      EXPECT_EQ(kernels.dot(a.data(), b.data(), count), static_cast<float>(count)) << kernels.target;
    }
  }
}

TEST(Kernels, TheBestTargetIsOneOfAll) {
  const auto targets = all_kernels();
  const Kernels best = best_kernels();
  EXPECT_TRUE(std::ranges::any_of(targets, [&](const Kernels& k) {
    return k.target == best.target && k.dot == best.dot;
  })) << best.target;
}

}  // namespace
}  // namespace fit::index
