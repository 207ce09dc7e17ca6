#include "main/exit_limit.h"

#include <gtest/gtest.h>

#include <semaphore>

namespace fit {
namespace {

TEST(ExitLimit, EndsAProcessThatDoesNotEnd) {
  const auto hang = [] {
    ExitLimit limit(std::chrono::milliseconds(1), Log::silent());
    limit.start();
    std::binary_semaphore never(0);
    never.acquire();
  };
  GTEST_FLAG_SET(death_test_style, "threadsafe");
  EXPECT_EXIT(hang(), ::testing::ExitedWithCode(0), "");
}

TEST(ExitLimit, IsCalledOff) {
  {
    ExitLimit limit(std::chrono::hours(1), Log::silent());
    limit.start();
    limit.start();
  }
  const ExitLimit unused(std::chrono::milliseconds(0), Log::silent());
}

}  // namespace
}  // namespace fit
