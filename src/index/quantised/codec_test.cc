#include "index/quantised/codec.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <numeric>
#include <random>

#include "index/quantised/eigen.h"

namespace fit::index {
namespace {

TEST(SymmetricEigen, VectorsAreOrthogonalAndRebuildTheMatrix) {
  std::mt19937 random(1);
  std::normal_distribution<double> normal;
  for (const std::size_t n : {1, 2, 3, 10, 65}) {
    std::vector<double> matrix(n * n);
    for (std::size_t i = 0; i < n; ++i) {
      for (std::size_t j = 0; j <= i; ++j) matrix[i * n + j] = matrix[j * n + i] = normal(random);
    }
    const Eigen eigen = symmetric_eigen(matrix, n);
    EXPECT_TRUE(std::ranges::is_sorted(eigen.values, std::greater{}));
    for (std::size_t i = 0; i < n; ++i) {
      for (std::size_t j = 0; j < n; ++j) {
        double product = 0;
        double rebuilt = 0;
        for (std::size_t k = 0; k < n; ++k) {
          product += eigen.vectors[i * n + k] * eigen.vectors[j * n + k];
          rebuilt += eigen.values[k] * eigen.vectors[k * n + i] * eigen.vectors[k * n + j];
        }
        EXPECT_NEAR(product, i == j ? 1 : 0, 1e-10);
        EXPECT_NEAR(rebuilt, matrix[i * n + j], 1e-9);
      }
    }
  }
}

TEST(SymmetricEigen, DegenerateMatricesHaveVectors) {
  const Eigen zero = symmetric_eigen(std::vector<double>(16), 4);
  EXPECT_EQ(zero.values, std::vector<double>(4));
  const Eigen identity = symmetric_eigen({1, 0, 0, 1}, 2);
  EXPECT_EQ(identity.values, (std::vector<double>{1, 1}));
  EXPECT_TRUE(symmetric_eigen({}, 0).values.empty());
}

// Unit vectors whose axes differ in variance as residuals of embeddings do, in a basis of their own.
std::vector<float> residuals(std::size_t dimensions, std::size_t count, unsigned seed) {
  std::mt19937 random(seed);
  std::normal_distribution<float> normal;
  std::vector<float> all(dimensions * count);
  for (std::size_t i = 0; i < count; ++i) {
    float* const row = all.data() + i * dimensions;
    for (std::size_t d = 0; d < dimensions; ++d)
      row[d] = normal(random) / std::pow(1.0F + static_cast<float>(d), 0.6F);
    // A rotation that mixes neighbours.
    for (std::size_t d = 0; d + 1 < dimensions; d += 2) {
      const float a = row[d];
      row[d] = 0.6F * a - 0.8F * row[d + 1];
      row[d + 1] = 0.8F * a + 0.6F * row[d + 1];
    }
    const float length = std::sqrt(std::inner_product(row, row + dimensions, row, 0.0F));
    for (std::size_t d = 0; d < dimensions; ++d) row[d] /= length;
  }
  return all;
}

TEST(Codec, AxesOfMoreVarianceGetMoreBitsAndNoneIsWasted) {
  const Kernels kernels = best_kernels();
  for (const std::size_t dimensions : {16, 17, 100, 256}) {
    const auto rows = residuals(dimensions, 2000, 2);
    const Codec codec = Codec::train(kernels, rows, dimensions, code_bytes_for(dimensions), 1);
    EXPECT_TRUE(std::ranges::is_sorted(codec.bits(), std::greater{})) << dimensions;
    std::size_t total = 0;
    for (const std::uint8_t bits : codec.bits()) total += bits;
    EXPECT_EQ(total, std::min(code_bytes_for(dimensions) * 8, dimensions * 8)) << dimensions;
    EXPECT_LT(codec.measure(kernels, residuals(dimensions, 500, 3)), 0.3F) << dimensions;
  }
}

TEST(Codec, TablesGiveTheProductWithWhatTheCodeStandsFor) {
  const Kernels kernels = best_kernels();
  const CodeKernels codes = best_code_kernels();
  constexpr std::size_t kDims = 100;
  const auto rows = residuals(kDims, 2000, 2);
  const Codec codec = Codec::train(kernels, rows, kDims, code_bytes_for(kDims), 2);
  const auto queries = residuals(kDims, 20, 4);
  std::vector<std::uint8_t> block(kBlockVectors * codec.code_bytes() + kFactorBytes);
  std::vector<std::vector<float>> decoded(kBlockVectors, std::vector<float>(codec.axes()));
  std::vector<float> rotated(codec.axes());
  for (std::size_t v = 0; v < kBlockVectors; ++v) {
    std::vector<std::uint8_t> code(codec.code_bytes());
    codec.rotate(kernels, rows.data() + v * kDims, rotated.data());
    codec.encode(rotated.data(), code.data(), decoded[v].data());
    for (std::size_t j = 0; j < code.size(); ++j) block[kBlockVectors * j + v] = code[j];
    const std::uint16_t one = 0x3C00;
    std::memcpy(block.data() + kBlockVectors * code.size() + 2 * v, &one, 2);
  }
  for (std::size_t q = 0; q < 20; ++q) {
    codec.rotate(kernels, queries.data() + q * kDims, rotated.data());
    const QueryTables tables = codec.tables(rotated.data());
    std::array<float, kBlockVectors> estimates{};
    codes.estimate(block.data(), tables.code_tables(), 0, estimates.data());
    for (std::size_t v = 0; v < kBlockVectors; ++v) {
      const double product = std::inner_product(rotated.begin(), rotated.end(), decoded[v].begin(), 0.0);
      EXPECT_NEAR(estimates[v], product, tables.error + 1e-4);
      EXPECT_LT(tables.error, 0.2F);
    }
  }
}

TEST(Codec, DataWithoutVarianceHasNoAxes) {
  const Kernels kernels = best_kernels();
  const Codec codec = Codec::train(kernels, std::vector<float>(20 * 10), 20, code_bytes_for(20), 1);
  EXPECT_EQ(codec.axes(), 0U);
  const QueryTables tables = codec.tables(nullptr);
  EXPECT_EQ(tables.bias, 0);
  EXPECT_EQ(codec.spread(nullptr), 0);
}

TEST(Codec, IsReadAsItWasWrittenAndDamageIsNoticed) {
  const Kernels kernels = best_kernels();
  const auto rows = residuals(20, 500, 2);
  const Codec codec = Codec::train(kernels, rows, 20, code_bytes_for(20), 1);
  ByteWriter out;
  codec.write(out);
  Codec copy;
  ByteReader in(out.bytes());
  ASSERT_TRUE(copy.read(in));
  EXPECT_TRUE(in.is_done());
  std::vector<std::uint8_t> code(codec.code_bytes());
  std::vector<std::uint8_t> again(codec.code_bytes());
  std::vector<float> rotated(codec.axes());
  std::vector<float> decoded(codec.axes());
  for (std::size_t i = 0; i < 50; ++i) {
    codec.rotate(kernels, rows.data() + i * 20, rotated.data());
    codec.encode(rotated.data(), code.data(), decoded.data());
    copy.encode(rotated.data(), again.data(), decoded.data());
    EXPECT_EQ(code, again);
  }
  for (std::size_t size = 0; size < out.bytes().size(); size += 7) {
    ByteReader cut(ByteView(out.bytes()).first(size));
    EXPECT_FALSE(copy.read(cut)) << size;
  }
}

}  // namespace
}  // namespace fit::index
