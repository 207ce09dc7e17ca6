#include "index/quantised/packed_row.h"

#include <gtest/gtest.h>

#include <cmath>
#include <cstring>
#include <limits>
#include <vector>

#include "index/test_vectors.h"

namespace fit::index {
namespace {

TEST(PackedRow, NumbersAreWithinHalfAStepOfWhatWasGiven) {
  for (const int dimensions : {1, 2, 17, 512}) {
    const auto count = static_cast<std::size_t>(dimensions);
    const TestVectors vectors(dimensions, 40, 1);
    const PackedRow packing(count);
    EXPECT_EQ(packing.bytes(), 16 + count + (count + 1) / 2);
    std::vector<std::byte> row(packing.bytes());
    std::vector<float> vector(count);
    for (std::size_t i = 1; i < vectors.size(); ++i) {
      const float* const centroid = vectors[i - 1].data();
      packing.pack(vectors[i].data(), 7, centroid, 99 + i, row.data());
      EXPECT_EQ(PackedRow::list_of(row.data()), 7U);
      EXPECT_EQ(PackedRow::fingerprint_of(row.data()), 99 + i);
      ASSERT_TRUE(packing.unpack(row.data(), centroid, vector.data()));
      float most = 0;
      for (std::size_t d = 0; d < count; ++d) most = std::max(most, std::abs(vectors[i][d] - centroid[d]));
      for (std::size_t d = 0; d < count; ++d)
        EXPECT_NEAR(vector[d], vectors[i][d], most / 2047 * 0.501F + 1e-7F) << dimensions << ' ' << d;
    }
  }
}

TEST(PackedRow, AVectorThatIsItsCentroidStaysAsItIs) {
  const std::vector<float> vector = {0.6F, -0.8F, 0};
  const PackedRow packing(3);
  std::vector<std::byte> row(packing.bytes());
  packing.pack(vector.data(), 0, vector.data(), 1, row.data());
  std::vector<float> unpacked(3);
  ASSERT_TRUE(packing.unpack(row.data(), vector.data(), unpacked.data()));
  EXPECT_EQ(unpacked, vector);
}

TEST(PackedRow, AStepThatCannotBeIsDamage) {
  const std::vector<float> vector = {0.6F, -0.8F};
  const std::vector<float> centroid(2);
  const PackedRow packing(2);
  std::vector<std::byte> row(packing.bytes());
  packing.pack(vector.data(), 0, centroid.data(), 1, row.data());
  std::vector<float> unpacked(2);
  for (const float step :
       {-1.0F, 1.0F, std::numeric_limits<float>::infinity(), std::numeric_limits<float>::quiet_NaN()}) {
    std::memcpy(row.data() + 4, &step, sizeof step);
    EXPECT_FALSE(packing.unpack(row.data(), centroid.data(), unpacked.data())) << step;
  }
}

// The bytes that docs/formats.md describes.
TEST(PackedRow, TheBytesArePinned) {
  const std::vector<float> vector = {0.5F, -0.25F, 0.5F - 2047.0F / 4096, 0.25F + 3.0F / 4096, 0};
  const std::vector<float> centroid = {0.5F, -0.25F + 1.0F / 4096, 0.5F, 0.25F, 17.0F / 4096};
  const PackedRow packing(5);
  std::vector<std::byte> row(packing.bytes());
  packing.pack(vector.data(), 0x01020304, centroid.data(), 0x1112131415161718, row.data());
  const std::vector<unsigned> expected = {4,    3,    2,    1,     // the list
                                          0,    0,    0x80, 0x39,  // a step of 1 / 4096
                                          0x18, 0x17, 0x16, 0x15, 0x14, 0x13, 0x12, 0x11,  // the fingerprint
                                          0,    0xFF, 0x80, 0,    0xFE,  // 0, -1, -2047, 3, -17
                                          0x30, 0xFF, 0x01};  // the lower halves of the third and fourth, ...
  for (std::size_t i = 0; i < expected.size(); ++i)
    EXPECT_EQ(std::to_integer<unsigned>(row[i]), expected[i]) << i;
}

}  // namespace
}  // namespace fit::index
