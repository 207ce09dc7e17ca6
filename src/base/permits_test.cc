#include "base/permits.h"

#include <gtest/gtest.h>

#include <atomic>
#include <thread>
#include <vector>

namespace fit {
namespace {

TEST(Permits, LetSoManyThreadsWorkAtATimeAndEachInTheEnd) {
  for (const int count : {1, 2}) {
    Permits permits(static_cast<std::size_t>(count));
    std::atomic<int> working{0};
    std::atomic<int> most{0};
    std::atomic<int> done{0};
    {
      std::vector<std::jthread> threads;
      for (int t = 0; t < 6; ++t) {
        threads.emplace_back([&] {
          for (int i = 0; i < 500; ++i) {
            permits.acquire();
            const int now = ++working;
            for (int seen = most; seen < now && !most.compare_exchange_weak(seen, now);) {
            }
            std::this_thread::yield();
            --working;
            ++done;
            permits.release();
          }
        });
      }
    }
    EXPECT_LE(most, count);
    EXPECT_EQ(done, 6 * 500);
  }
}

}  // namespace
}  // namespace fit
