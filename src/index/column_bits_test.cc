#include "index/column_bits.h"

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

TEST(ColumnBits, SetsTheRowsThatHoldAValueBesideThoseThatAreSet) {
  std::mt19937 random(1);
  std::vector<std::uint32_t> column(64 * kWords);
  for (std::uint32_t& value : column) value = random() % 5;
  column[77] = ~std::uint32_t{0};
  std::vector<std::uint64_t> bits(kWords);
  set_where_equal(column, 3, bits);
  set_where_equal(column, ~std::uint32_t{0}, bits);
  set_where_equal(column, 99, bits);
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

}  // namespace
}  // namespace fit::index
