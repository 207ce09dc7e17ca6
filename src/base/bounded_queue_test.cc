#include "base/bounded_queue.h"

#include <gtest/gtest.h>

#include <numeric>
#include <thread>

namespace fit {
namespace {

TEST(BoundedQueue, DeliversEverythingOnceFromManyToMany) {
  BoundedQueue<int> queue(3);
  std::atomic<long> sum = 0;
  std::vector<std::thread> consumers;
  for (int i = 0; i < 3; ++i) {
    consumers.emplace_back([&] {
      while (const auto value = queue.pop()) sum += *value;
    });
  }
  std::vector<std::thread> producers;
  for (int i = 0; i < 3; ++i) {
    producers.emplace_back([&, i] {
      for (int k = 0; k < 1000; ++k) EXPECT_TRUE(queue.push(1000 * i + k));
    });
  }
  for (std::thread& thread : producers) thread.join();
  queue.close();
  for (std::thread& thread : consumers) thread.join();
  EXPECT_EQ(sum, 2999L * 3000 / 2);
}

TEST(BoundedQueue, AClosedQueueTakesNothingAndDrains) {
  BoundedQueue<int> queue(2);
  EXPECT_TRUE(queue.push(1));
  queue.close();
  EXPECT_FALSE(queue.push(2));
  EXPECT_EQ(queue.pop(), 1);
  EXPECT_EQ(queue.pop(), std::nullopt);
  EXPECT_EQ(queue.try_pop(), std::nullopt);
}

TEST(BoundedQueue, CloseWakesAProducerThatWaitsForRoom) {
  BoundedQueue<int> queue(1);
  EXPECT_TRUE(queue.push(1));
  std::thread producer([&] { EXPECT_FALSE(queue.push(2)); });
  queue.close();
  producer.join();
}

}  // namespace
}  // namespace fit
