#include "ingest/sources/throttle.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <thread>

namespace fit::ingest {
namespace {

using std::chrono::milliseconds;

// A throttle on a clock that moves only by waiting and by hand.
struct ManualThrottle {
  HostThrottle::Clock::time_point time{std::chrono::hours(1)};
  std::vector<milliseconds> waits;

  HostThrottle::Options options(milliseconds min_delay = milliseconds(1000)) {
    HostThrottle::Options result{.min_delay = min_delay};
    result.now = [this] { return time; };
    result.wait = [this](const std::stop_token&, milliseconds wait) {
      waits.push_back(wait);
      time += wait;
      return true;
    };
    return result;
  }
};

void ask_once(HostThrottle& throttle, const HostThrottle::Outcome& outcome,
              const HostThrottle::Wish& wish = {}) {
  auto turn = throttle.take("shop", wish);
  ASSERT_TRUE(turn) << turn.error().describe();
  turn->finish(outcome);
}

TEST(HostThrottle, WaitsBetweenRequestsToOneHost) {
  ManualThrottle manual;
  HostThrottle throttle(manual.options());
  ask_once(throttle, {.status = 200});
  EXPECT_TRUE(manual.waits.empty());
  ask_once(throttle, {.status = 200});
  EXPECT_EQ(manual.waits, std::vector{milliseconds(1000)});
  manual.time += std::chrono::seconds(10);
  ask_once(throttle, {.status = 200});
  EXPECT_EQ(manual.waits.size(), 1U);
  ask_once(throttle, {.status = 200}, {.min_delay = milliseconds(7000)});  // Crawl-delay
  EXPECT_EQ(manual.waits.back(), milliseconds(7000));
  EXPECT_TRUE(throttle.take("another", {}));
  EXPECT_EQ(manual.waits.size(), 2U);
}

TEST(HostThrottle, DelayFollowsLatencyAndErrorsNeverLowerIt) {
  ManualThrottle manual;
  HostThrottle throttle(manual.options());
  ask_once(throttle, {.status = 200, .latency = milliseconds(4000)});
  EXPECT_EQ(throttle.delay("shop"), milliseconds(4000));
  // A quick error page is no reason to ask more often, a slow one is a reason to ask less often.
  ask_once(throttle, {.status = 500, .latency = milliseconds(10)});
  ask_once(throttle, {.status = 404, .latency = milliseconds(10)});
  ask_once(throttle, {.status = 0, .latency = milliseconds(10)});
  EXPECT_EQ(throttle.delay("shop"), milliseconds(4000));
  ask_once(throttle, {.status = 500, .latency = milliseconds(6000)});
  EXPECT_EQ(throttle.delay("shop"), milliseconds(6000));
  ask_once(throttle, {.status = 200, .latency = milliseconds(0)});
  EXPECT_EQ(throttle.delay("shop"), milliseconds(3000));
  for (int i = 0; i < 10; ++i) ask_once(throttle, {.status = 200, .latency = milliseconds(1)});
  EXPECT_EQ(throttle.delay("shop"), milliseconds(1000));
  ask_once(throttle, {.status = 200, .latency = milliseconds(900'000)});
  EXPECT_EQ(throttle.delay("shop"), milliseconds(60'000));
}

TEST(HostThrottle, RefusalsPauseTheHostLongerEachTime) {
  ManualThrottle manual;
  HostThrottle throttle(manual.options());
  ask_once(throttle, {.status = 429});
  EXPECT_EQ(throttle.pause_left("shop"), milliseconds(10'000));
  ask_once(throttle, {.status = 503});
  EXPECT_EQ(manual.waits.back(), milliseconds(10'000));
  EXPECT_EQ(throttle.pause_left("shop"), milliseconds(20'000));
  ask_once(throttle, {.status = 200});
  EXPECT_EQ(throttle.pause_left("shop"), milliseconds(0));
  ask_once(throttle, {.status = 429, .retry_after = milliseconds(3'600'000)});
  const auto refused = throttle.take("shop", {});
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ErrorCode::kUnavailable);
  EXPECT_EQ(throttle.pause_left("shop"), milliseconds(3'600'000));
  manual.time += std::chrono::hours(1);
  EXPECT_TRUE(throttle.take("shop", {}));
}

TEST(HostThrottle, OneRequestAtATimeOverThreads) {
  HostThrottle throttle({.min_delay = milliseconds(0)});
  std::atomic<int> running{0};
  std::atomic<int> most{0};
  std::vector<std::thread> threads;
  for (int i = 0; i < 4; ++i) {
    threads.emplace_back([&] {
      for (int round = 0; round < 50; ++round) {
        auto turn = throttle.take("shop", {});
        most = std::max(most.load(), ++running);
        --running;
        turn->finish({.status = 200});
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(most, 1);
}

TEST(HostThrottle, StopsWaiting) {
  HostThrottle throttle({.min_delay = std::chrono::hours(1)});
  {
    ASSERT_TRUE(throttle.take("shop", {}));
  }
  std::stop_source stop;
  stop.request_stop();
  const auto taken = throttle.take("shop", {.stop = stop.get_token()});
  ASSERT_FALSE(taken);
  EXPECT_EQ(taken.error().code, ErrorCode::kCancelled);
  const auto too_long = throttle.take("shop", {.longest_delay = milliseconds(1000)});
  ASSERT_FALSE(too_long);
  EXPECT_EQ(too_long.error().code, ErrorCode::kUnavailable);
}

}  // namespace
}  // namespace fit::ingest
