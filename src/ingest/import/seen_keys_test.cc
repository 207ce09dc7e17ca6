#include "ingest/import/seen_keys.h"

#include <gtest/gtest.h>

#include "base/format.h"

namespace fit::ingest {
namespace {

TEST(SeenKeys, TheFirstLineOfEachKey) {
  SeenKeys keys;
  EXPECT_FALSE(keys.contains({"shop", "1"}));
  for (int i = 1; i <= 5000; ++i) EXPECT_FALSE(keys.add({"shop", fit::format("{}", i)}, i));
  EXPECT_EQ(keys.size(), 5000U);
  for (int i = 1; i <= 5000; ++i) EXPECT_EQ(keys.add({"shop", fit::format("{}", i)}, 9999), i);
  EXPECT_TRUE(keys.contains({"shop", "77"}));
  EXPECT_FALSE(keys.contains({"other", "77"}));
  EXPECT_FALSE(keys.add({"other", "77"}, 6000));
}

}  // namespace
}  // namespace fit::ingest
