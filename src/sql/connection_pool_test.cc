#include "sql/connection_pool.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <thread>
#include <vector>

#include "base/temp_dir.h"
#include "sql/sqlite_connection.h"

namespace fit::sql {
namespace {

// Opens sessions with one file, and counts them. An opening takes until somebody calls go_on().
class Opener {
 public:
  Result<std::unique_ptr<SqlConnection>> open() {
    std::unique_lock lock(mutex_);
    ++opened_;
    ++opening_;
    most_ = std::max(most_, opening_);
    changed_.notify_all();
    changed_.wait(lock, [this] { return may_go_on_; });
    --opening_;
    return open_sqlite({.path = folder_.path() / "fit.db"});
  }

  void wait_until_opening(int count) {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [&] { return opening_ >= count; });
  }

  void go_on() {
    const std::lock_guard lock(mutex_);
    may_go_on_ = true;
    changed_.notify_all();
  }

  int opened() {
    const std::lock_guard lock(mutex_);
    return opened_;
  }

  int most() {
    const std::lock_guard lock(mutex_);
    return most_;
  }

 private:
  TempDir folder_;
  std::mutex mutex_;
  std::condition_variable changed_;
  int opened_ = 0;
  int opening_ = 0;
  int most_ = 0;
  bool may_go_on_ = false;
};

TEST(ConnectionPool, ABurstOpensTwoSessionsAtATime) {
  Opener opener;
  ConnectionPool pool([&] { return opener.open(); }, {.size = 16});
  constexpr int kCalls = 16;
  std::vector<std::jthread> calls;
  for (int i = 0; i < kCalls; ++i) {
    calls.emplace_back([&] { EXPECT_TRUE(pool.acquire().has_value()); });
  }
  opener.wait_until_opening(2);
  // All others wait now, or will when they arrive.
  opener.go_on();
  calls.clear();
  EXPECT_EQ(opener.most(), 2);
  EXPECT_EQ(pool.stats().busy, 0U);
  EXPECT_EQ(pool.stats().open, static_cast<std::size_t>(opener.opened()));
}

TEST(ConnectionPool, SessionsThatAreHeldAreAllOpened) {
  Opener opener;
  opener.go_on();
  ConnectionPool pool([&] { return opener.open(); }, {.size = 3, .overflow = 1});
  std::vector<Lease> held;
  for (int i = 0; i < 4; ++i) held.push_back(*pool.acquire());
  EXPECT_EQ(opener.opened(), 4);
  held.pop_back();
  held.push_back(*pool.acquire());
  EXPECT_EQ(opener.opened(), 4) << "a session of the overflow is shared as long as it is needed";
  held.clear();
  EXPECT_EQ(pool.stats().open, 3U) << "the overflow is closed";
}

TEST(ConnectionPool, EveryCallOfABurstLearnsThatNoSessionCanBeOpened) {
  ConnectionPool pool(
      []() -> Result<std::unique_ptr<SqlConnection>> {
        return Error{ErrorCode::kUnavailable, "the database is away", {}, {}};
      },
      {.size = 8});
  std::vector<std::jthread> calls;
  for (int i = 0; i < 8; ++i) {
    calls.emplace_back([&] {
      const auto lease = pool.acquire();
      ASSERT_FALSE(lease.has_value());
      EXPECT_EQ(lease.error().message, "the database is away");
    });
  }
}

}  // namespace
}  // namespace fit::sql
