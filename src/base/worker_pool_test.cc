#include "base/worker_pool.h"

#include <gtest/gtest.h>

#include <atomic>
#include <latch>

namespace fit {
namespace {

TEST(WorkerPool, RunsEverythingItAcceptedBeforeItEnds) {
  std::atomic<int> ran = 0;
  int accepted = 0;
  {
    WorkerPool pool(3, 1000);
    for (int i = 0; i < 500; ++i) accepted += pool.try_submit([&] { ++ran; });
  }
  EXPECT_EQ(accepted, 500);
  EXPECT_EQ(ran, 500);
}

TEST(WorkerPool, RefusesWhenItsQueueIsFull) {
  std::latch started(1);
  std::latch release(1);
  WorkerPool pool(1, 2);
  ASSERT_TRUE(pool.try_submit([&] {
    started.count_down();
    release.wait();
  }));
  started.wait();
  EXPECT_TRUE(pool.try_submit([] {}));
  EXPECT_TRUE(pool.try_submit([] {}));
  EXPECT_FALSE(pool.try_submit([] {}));
  EXPECT_EQ(pool.queued(), 2U);
  release.count_down();
}

}  // namespace
}  // namespace fit
