#include "base/keyed_pool.h"

#include <gtest/gtest.h>

#include <array>
#include <atomic>
#include <future>
#include <thread>

namespace fit {
namespace {

constexpr std::chrono::seconds kLong{60};

// What a pool of tests opens: it counts itself.
struct Thing {
  Thing(std::string given, std::atomic<int>& alive) : name(std::move(given)), open(alive) { ++open; }
  ~Thing() { --open; }
  std::string name;
  std::atomic<int>& open;
};

class KeyedPoolTest : public ::testing::Test {
 protected:
  using Pool = KeyedPool<Thing>;

  Pool::Open opener() {
    return [this](const std::string& name) -> Result<std::unique_ptr<Thing>> {
      ++openings;
      if (name == "bad") return not_found("there is no such thing");
      return std::make_unique<Thing>(name, open);
    };
  }

  std::atomic<int> open = 0;
  std::atomic<int> openings = 0;
};

TEST_F(KeyedPoolTest, AnObjectIsOpenedOnceAndShared) {
  Pool pool(opener(), {});
  const auto first = pool.acquire("a").value();
  EXPECT_EQ(first, pool.acquire("a").value());
  EXPECT_EQ(first->name, "a");
  EXPECT_EQ(openings, 1);
  EXPECT_EQ(pool.size(), 1U);
}

TEST_F(KeyedPoolTest, AnErrorIsReturnedAndNothingStays) {
  Pool pool(opener(), {.max_open = 1});
  EXPECT_EQ(pool.acquire("bad").error().code, ErrorCode::kNotFound);
  EXPECT_EQ(pool.size(), 0U);
  EXPECT_TRUE(pool.acquire("a"));
}

TEST_F(KeyedPoolTest, CallersOfOneNameWaitForOneOpeningAndOthersDoNot) {
  std::promise<void> may_end;
  std::shared_future<void> end = may_end.get_future().share();
  std::promise<void> begun;
  Pool pool(
      [&](const std::string& name) -> Result<std::unique_ptr<Thing>> {
        ++openings;
        if (name == "slow") {
          begun.set_value();
          end.wait();
        }
        return std::make_unique<Thing>(name, open);
      },
      {});
  std::vector<std::future<std::shared_ptr<Thing>>> callers;
  const auto call = [&] { return pool.acquire("slow").value(); };
  callers.push_back(std::async(std::launch::async, call));
  begun.get_future().wait();
  for (int i = 0; i < 7; ++i) callers.push_back(std::async(std::launch::async, call));
  EXPECT_EQ(pool.acquire("quick").value()->name, "quick");  // while "slow" is being opened
  may_end.set_value();
  const auto first = callers.front().get();
  for (std::size_t i = 1; i < callers.size(); ++i) EXPECT_EQ(callers[i].get(), first);
  EXPECT_EQ(openings, 2);
}

TEST_F(KeyedPoolTest, TheOneThatWasNotUsedForLongestMakesPlace) {
  Pool pool(opener(), {.max_open = 2});
  for (const char* name : {"a", "b", "a", "c"}) EXPECT_TRUE(pool.acquire(name));
  EXPECT_EQ(open, 2);
  EXPECT_EQ(openings, 3);
  EXPECT_TRUE(pool.acquire("a"));  // "b" was closed
  EXPECT_EQ(openings, 3);
}

TEST_F(KeyedPoolTest, ALeasedObjectIsNeverClosed) {
  Pool pool(opener(),
            {.max_open = 1, .idle_time = std::chrono::seconds(0), .wait = std::chrono::milliseconds(20)});
  auto lease = pool.acquire("a").value();
  pool.close_idle();
  const auto refused = pool.acquire("b");
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ErrorCode::kUnavailable);
  EXPECT_EQ(open, 1);
  lease.reset();
  EXPECT_EQ(pool.acquire("b").value()->name, "b");
  EXPECT_EQ(open, 1);
}

TEST_F(KeyedPoolTest, WhoeverWaitsForAPlaceGetsTheFirstThatIsReturned) {
  Pool pool(opener(), {.max_open = 1, .wait = kLong});
  auto lease = pool.acquire("a").value();
  auto waiting = std::async(std::launch::async, [&] { return pool.acquire("b").value()->name; });
  lease.reset();
  EXPECT_EQ(waiting.get(), "b");
}

TEST_F(KeyedPoolTest, IdleObjectsAreClosed) {
  Pool pool(opener(), {.idle_time = std::chrono::seconds(0)});
  EXPECT_TRUE(pool.acquire("a"));
  const auto lease = pool.acquire("b").value();
  pool.close_idle();
  EXPECT_EQ(open, 1);
  EXPECT_EQ(pool.size(), 1U);
  Pool patient(opener(), {.idle_time = kLong});
  EXPECT_TRUE(patient.acquire("a"));
  patient.close_idle();
  EXPECT_EQ(patient.size(), 1U);
}

TEST_F(KeyedPoolTest, WhatIsTakenOutIsClosedWithItsLastLease) {
  Pool pool(opener(), {.wait = std::chrono::milliseconds(10)});
  auto old = pool.acquire("a").value();
  pool.close_if([](const std::string& name, Thing&) { return name == "a"; });
  EXPECT_EQ(open, 1);
  EXPECT_FALSE(pool.wait_closed("a", std::chrono::milliseconds(1)));
  const auto next = pool.acquire("a").value();
  EXPECT_NE(next, old);
  old.reset();
  EXPECT_EQ(open, 1);
  pool.close_if([](const std::string&, Thing&) { return true; });
  EXPECT_FALSE(pool.wait_closed("a", std::chrono::milliseconds(1)));
}

TEST_F(KeyedPoolTest, ARemovalWaitsForTheLastLease) {
  Pool pool(opener(), {});
  auto lease = pool.acquire("a").value();
  pool.close_if([](const std::string&, Thing&) { return true; });
  auto closed = std::async(std::launch::async, [&] { return pool.wait_closed("a", kLong); });
  lease.reset();
  EXPECT_TRUE(closed.get());
  EXPECT_EQ(open, 0);
}

TEST_F(KeyedPoolTest, ManyThreadsNeverHaveTwoObjectsOfOneName) {
  constexpr int kThreads = 8;
  constexpr int kRounds = 300;
  std::array<std::atomic<int>, 5> counts{};
  std::atomic<int> most = 0;
  {
    Pool pool(
        [&](const std::string& name) -> Result<std::unique_ptr<Thing>> {
          auto thing = std::make_unique<Thing>(name, counts[static_cast<std::size_t>(name[0] - 'a')]);
          if (thing->open > most) most = thing->open.load();
          return thing;
        },
        {.max_open = 3, .idle_time = std::chrono::seconds(0), .wait = kLong});
    std::vector<std::jthread> threads;
    for (int t = 0; t < kThreads; ++t) {
      threads.emplace_back([&, t] {
        for (int i = 0; i < kRounds; ++i) {
          const std::string name(1, static_cast<char>('a' + (i * 7 + t) % 5));
          const auto lease = pool.acquire(name);
          ASSERT_TRUE(lease);
          EXPECT_EQ((*lease)->name, name);
          if (i % 10 == 0) pool.close_idle();
        }
      });
    }
  }
  EXPECT_EQ(most, 1);
  for (const auto& count : counts) EXPECT_EQ(count, 0);
}

}  // namespace
}  // namespace fit
