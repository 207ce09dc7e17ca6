#include "base/bucket_quantile.h"

#include <gtest/gtest.h>

#include <array>
#include <limits>

namespace fit {
namespace {

constexpr double kBeyond = std::numeric_limits<double>::infinity();

TEST(BucketQuantile, InterpolatesWithinTheBucket) {
  constexpr std::array<CumulativeBucket, 3> kBuckets = {{{0.1, 10}, {0.2, 20}, {kBeyond, 20}}};
  EXPECT_DOUBLE_EQ(bucket_quantile(0.25, kBuckets).value(), 0.05);
  EXPECT_DOUBLE_EQ(bucket_quantile(0.75, kBuckets).value(), 0.15);
  EXPECT_DOUBLE_EQ(bucket_quantile(1, kBuckets).value(), 0.2);
}

TEST(BucketQuantile, SkipsEmptyBuckets) {
  constexpr std::array<CumulativeBucket, 4> kBuckets = {{{0.1, 0}, {0.2, 0}, {0.4, 4}, {kBeyond, 4}}};
  EXPECT_DOUBLE_EQ(bucket_quantile(0.5, kBuckets).value(), 0.3);
}

TEST(BucketQuantile, EndsAtTheLastFiniteBound) {
  constexpr std::array<CumulativeBucket, 2> kBuckets = {{{0.1, 1}, {kBeyond, 10}}};
  EXPECT_DOUBLE_EQ(bucket_quantile(0.95, kBuckets).value(), 0.1);
}

TEST(BucketQuantile, SaysNothingOfNoObservations) {
  EXPECT_FALSE(bucket_quantile(0.5, {}).has_value());
  constexpr std::array<CumulativeBucket, 2> kBuckets = {{{0.1, 0}, {kBeyond, 0}}};
  EXPECT_FALSE(bucket_quantile(0.5, kBuckets).has_value());
}

}  // namespace
}  // namespace fit
