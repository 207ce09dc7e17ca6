#include "index/quantised/calibrate.h"

#include <gtest/gtest.h>

#include <limits>

namespace fit::index {
namespace {

Calibration some_levels() {
  Calibration calibration;
  calibration.levels = {{{0.2F, 500, 400, 0.97F},
                         {0.4F, 200, 200, 0.98F},
                         {0.5F, 100, 200, 0.98F},
                         {0.7F, 50, 100, 0.99F},
                         {0.8F, 20, 60, 0.985F},
                         {0.9F, 8, 60, 1.0F}}};
  return calibration;
}

TEST(Calibration, QueriesHaveTheLevelOfTheirNearness) {
  const Calibration calibration = some_levels();
  EXPECT_EQ(calibration.of(-1).probes, 500U) << "farther than all held queries";
  EXPECT_EQ(calibration.of(0.2F).probes, 500U);
  EXPECT_EQ(calibration.of(0.5F).probes, 100U);
  EXPECT_EQ(calibration.of(0.79F).probes, 50U);
  EXPECT_EQ(calibration.of(1).probes, 8U);
  EXPECT_EQ(calibration.recall(), 0.97F);
}

TEST(Calibration, IsReadAsItWasWrittenAndDamageIsNoticed) {
  const Calibration calibration = some_levels();
  ByteWriter out;
  calibration.write(out);
  Calibration copy;
  ByteReader in(out.bytes());
  ASSERT_TRUE(copy.read(in));
  EXPECT_TRUE(in.is_done());
  for (std::size_t i = 0; i < Calibration::kLevels; ++i) {
    EXPECT_EQ(copy.levels[i].nearness, calibration.levels[i].nearness);
    EXPECT_EQ(copy.levels[i].probes, calibration.levels[i].probes);
    EXPECT_EQ(copy.levels[i].reads, calibration.levels[i].reads);
    EXPECT_EQ(copy.levels[i].recall, calibration.levels[i].recall);
  }
  for (std::size_t size = 0; size < out.bytes().size(); ++size) {
    ByteReader cut(ByteView(out.bytes()).first(size));
    EXPECT_FALSE(copy.read(cut)) << size;
  }
  const auto expect_refused = [](const Calibration& bad) {
    ByteWriter written;
    bad.write(written);
    ByteReader reader(written.bytes());
    Calibration read;
    EXPECT_FALSE(read.read(reader));
  };
  Calibration bad = some_levels();
  bad.levels[2].probes = 0;
  expect_refused(bad);
  bad = some_levels();
  bad.levels[2].nearness = 0.9F;
  expect_refused(bad);
  bad.levels[2].nearness = std::numeric_limits<float>::quiet_NaN();
  expect_refused(bad);
}

}  // namespace
}  // namespace fit::index
