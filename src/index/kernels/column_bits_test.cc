#include "index/kernels/column_bits.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <random>
#include <vector>

namespace fit::index {
namespace {

constexpr std::size_t kWords = 37;

bool has(const std::vector<std::uint64_t>& bits, std::size_t row) {
  return (bits[row / 64] >> (row % 64) & 1) != 0;
}

template <class Code>
class EqualBits : public testing::Test {};
using Codes = testing::Types<std::uint8_t, std::uint16_t, std::uint32_t>;
TYPED_TEST_SUITE(EqualBits, Codes);

TYPED_TEST(EqualBits, SetsTheRowsThatHoldAValueBesideThoseThatAreSet) {
  constexpr auto kLargest = std::numeric_limits<TypeParam>::max();
  std::mt19937 random(1);
  std::vector<TypeParam> column(64 * kWords);
  for (TypeParam& value : column) value = static_cast<TypeParam>(random() % 5);
  column[77] = kLargest;
  std::vector<std::uint64_t> bits(kWords);
  set_where_equal(column, TypeParam{3}, bits);
  set_where_equal(column, kLargest, bits);
  set_where_equal(column, TypeParam{99}, bits);
  for (std::size_t row = 0; row < column.size(); ++row)
    EXPECT_EQ(has(bits, row), column[row] == 3 || row == 77) << row;
}

TEST(ColumnBits, KeepsTheRowsWithinARange) {
  constexpr double kInfinity = std::numeric_limits<double>::infinity();
  std::mt19937 random(2);
  std::vector<double> column(64 * kWords);
  for (double& value : column) value = static_cast<double>(random() % 1000) / 10;
  for (std::size_t row = 0; row < column.size(); row += 7) column[row] = std::nan("");
  std::vector<std::uint64_t> before(kWords, 0x5555555555555555);
  before[3] = 0;
  for (const auto& [low, high] : {std::pair(20.0, 50.0), std::pair(0.0, kInfinity), std::pair(30.0, 30.0),
                                  std::pair(50.0, 20.0), std::pair(-kInfinity, 0.0)}) {
    std::vector<std::uint64_t> bits = before;
    keep_where_between(column, low, high, bits);
    for (std::size_t row = 0; row < column.size(); ++row)
      EXPECT_EQ(has(bits, row), has(before, row) && column[row] >= low && column[row] <= high) << row;
  }
}

TEST(ColumnBits, KeepsTheTimesWithinARange) {
  constexpr std::int64_t kLowest = std::numeric_limits<std::int64_t>::min();
  std::vector<std::int64_t> column(64 * kWords);
  for (std::size_t row = 0; row < column.size(); ++row)
    column[row] = row % 5 == 0 ? kLowest : 1'000'000'000'000 * static_cast<std::int64_t>(row % 11) - 5;
  for (const std::int64_t low : {kLowest, std::int64_t{0}, 3'000'000'000'000 - 5, 99'000'000'000'000}) {
    std::vector<std::uint64_t> bits(kWords, ~std::uint64_t{0});
    keep_where_between(column, low, std::numeric_limits<std::int64_t>::max(), bits);
    for (std::size_t row = 0; row < column.size(); ++row)
      EXPECT_EQ(has(bits, row), column[row] >= low) << row;
  }
}

TEST(ColumnBits, KeepsThePackedNumbersWithinARange) {
  constexpr std::uint32_t kHighest = ~std::uint32_t{0};
  std::mt19937 random(3);
  std::vector<std::uint32_t> column(64 * kWords);
  for (std::uint32_t& value : column)
    value = random() % 7 == 0 ? kHighest : static_cast<std::uint32_t>(random());
  for (const auto& [low, high] : {std::pair(std::uint32_t{0}, kHighest - 1), std::pair(kHighest, kHighest),
                                  std::pair(0x7FFFFFF0U, 0xA0000000U), std::pair(9U, 5U)}) {
    std::vector<std::uint64_t> bits(kWords, ~std::uint64_t{0});
    bits[5] = 0;
    keep_where_between(column, low, high, bits);
    for (std::size_t row = 0; row < column.size(); ++row)
      EXPECT_EQ(has(bits, row), row / 64 != 5 && column[row] >= low && column[row] <= high) << row;
  }
}

}  // namespace
}  // namespace fit::index
