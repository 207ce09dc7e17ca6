#include "base/byte_budget.h"

#include <gtest/gtest.h>

#include <thread>

namespace fit {
namespace {

using std::chrono::steady_clock;

TEST(ByteBudget, GrantsWhatFits) {
  ByteBudget budget(100);
  ByteBudget::Lease first = budget.take(60);
  EXPECT_TRUE(budget.has_room(40));
  EXPECT_FALSE(budget.has_room(41));
  EXPECT_FALSE(budget.take_until(41, steady_clock::now()));
  EXPECT_EQ(budget.held_bytes(), 60U) << "a refused request holds nothing";
  first.release();
  EXPECT_TRUE(budget.take_until(41, steady_clock::now()));
  EXPECT_EQ(budget.held_bytes(), 0U);
}

TEST(ByteBudget, GrantsMoreThanTheLimitOnlyAlone) {
  ByteBudget budget(100);
  {
    const ByteBudget::Lease small = budget.take(1);
    EXPECT_FALSE(budget.take_until(1000, steady_clock::now()));
  }
  const ByteBudget::Lease large = budget.take(1000);
  EXPECT_FALSE(budget.has_room(1));
  EXPECT_TRUE(budget.has_room(0));
}

TEST(ByteBudget, SmallRequestsDoNotOvertakeALargeOne) {
  ByteBudget budget(100);
  ByteBudget::Lease held = budget.take(10);
  std::jthread large([&] {
    const ByteBudget::Lease lease = budget.take(95);
    EXPECT_EQ(budget.held_bytes(), 95U);
  });
  while (!budget.is_awaited()) std::this_thread::yield();
  EXPECT_FALSE(budget.take_until(1, steady_clock::now())) << "it is behind the large one";
  held.release();
  large.join();
  EXPECT_TRUE(budget.has_room(100));
}

TEST(ByteBudget, ARequestThatGivesUpLetsTheNextOneIn) {
  ByteBudget budget(100);
  const ByteBudget::Lease held = budget.take(50);
  std::jthread large(
      [&] { EXPECT_FALSE(budget.take_until(80, steady_clock::now() + std::chrono::milliseconds(50))); });
  while (!budget.is_awaited()) std::this_thread::yield();
  EXPECT_TRUE(budget.take_until(20, steady_clock::now() + std::chrono::minutes(1)));
}

}  // namespace
}  // namespace fit
