#include "base/parallel.h"

#include <gtest/gtest.h>

#include <atomic>
#include <barrier>
#include <stdexcept>
#include <thread>
#include <vector>

namespace fit {
namespace {

TEST(ParallelTest, CallsTheWorkOnceForEachIndex) {
  for (const std::size_t threads : {0U, 1U, 2U, 5U}) {
    for (const std::size_t grain : {0U, 1U, 3U, 100U}) {
      for (const std::size_t count : {0U, 1U, 7U, 64U}) {
        std::vector<std::atomic<int>> calls(count);
        parallel_for(count, {.threads = threads, .grain = grain}, [&](std::size_t i) { ++calls.at(i); });
        for (const auto& one : calls) EXPECT_EQ(one, 1) << threads << " " << grain << " " << count;
      }
    }
  }
}

TEST(ParallelTest, RangesHaveTheGrainAndCoverAll) {
  std::vector<std::pair<std::size_t, std::size_t>> ranges;
  const auto add = [&](std::size_t begin, std::size_t end) -> Result<void> {
    ranges.emplace_back(begin, end);
    return {};
  };
  ASSERT_TRUE(parallel_ranges(10, {.threads = 1, .grain = 4}, add));
  EXPECT_EQ(ranges, (std::vector<std::pair<std::size_t, std::size_t>>{{0, 4}, {4, 8}, {8, 10}}));
}

TEST(ParallelTest, ThreadsWorkAtTheSameTime) {
  constexpr std::size_t kThreads = 3;
  std::barrier all(kThreads);  // opens only if three calls run at once
  parallel_for(kThreads, {.threads = kThreads}, [&](std::size_t) { all.arrive_and_wait(); });
}

TEST(ParallelTest, TheFirstErrorEndsTheLoopAndIsReturned) {
  for (const std::size_t threads : {1U, 4U}) {
    std::atomic<int> calls{0};
    const auto done = parallel_for(1'000'000, {.threads = threads}, [&](std::size_t i) -> Result<void> {
      ++calls;
      if (i == 3) return not_found("three");
      return {};
    });
    ASSERT_FALSE(done);
    EXPECT_EQ(done.error().message, "three");
    EXPECT_LT(calls, 1'000'000);
  }
}

TEST(ParallelTest, AnExceptionOfAnyThreadIsThrownAgain) {
  const std::thread::id caller = std::this_thread::get_id();
  std::barrier both(2);
  const auto work = [&](std::size_t) {
    both.arrive_and_wait();
    if (std::this_thread::get_id() != caller) throw std::runtime_error("of a helper");
  };
  EXPECT_THROW(parallel_for(2, {.threads = 2}, work), std::runtime_error);
}

TEST(ParallelTest, AStopLeavesTheRestOut) {
  std::stop_source stop;
  int calls = 0;
  const auto work = [&](std::size_t i) -> Result<void> {
    ++calls;
    if (i == 4) stop.request_stop();
    return {};
  };
  const auto stopped = parallel_for(10, {.threads = 1, .stop = stop.get_token()}, work);
  ASSERT_FALSE(stopped);
  EXPECT_EQ(stopped.error().code, ErrorCode::kCancelled);
  EXPECT_EQ(calls, 5);

  std::stop_source late;
  EXPECT_TRUE(parallel_for(10, {.threads = 1, .stop = late.get_token()}, [&](std::size_t i) -> Result<void> {
    if (i == 9) late.request_stop();
    return {};
  })) << "nothing was left out";
}

}  // namespace
}  // namespace fit
