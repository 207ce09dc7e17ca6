#include "jobs/bulk_retry.h"

#include <gtest/gtest.h>

#include <limits>

#include "jobs/test_database.h"

namespace fit::jobs {
namespace {

using testing::eventually;

class BulkRetryTest : public testing::QueueTest {
 protected:
  void add_dead(int count, const std::string& kind = "test") {
    for (int i = 0; i < count; ++i) {
      add({.kind = kind});
      finish(claim(1, "one", kind).front(), failure(ErrorClass::kBadInput));
    }
  }
  std::size_t count(State state) { return queue_->list({.state = state, .limit = 1000}).value().size(); }
};

TEST_P(BulkRetryTest, RetriesWhatTheQuerySelects) {
  add_dead(3);
  add_dead(2, "other");
  BulkRetry bulk(*queue_, Log::silent());
  EXPECT_FALSE(bulk.progress());
  ASSERT_TRUE(bulk.start({.query = {.kind = "test"}, .per_second = 1000}));
  ASSERT_TRUE(eventually([&] { return !bulk.progress()->is_running; }));
  EXPECT_EQ(bulk.progress()->retried, 3);
  EXPECT_EQ(bulk.progress()->error, "");
  EXPECT_EQ(count(State::kDead), 2U);
  EXPECT_EQ(count(State::kWaiting), 3U);
}

TEST_P(BulkRetryTest, KeepsToItsRateUntilItIsStopped) {
  add_dead(3);
  BulkRetry bulk(*queue_, Log::silent());
  ASSERT_TRUE(bulk.start({.query = {}, .per_second = 0.001}));
  ASSERT_TRUE(eventually([&] { return bulk.progress()->retried == 1; }));
  EXPECT_EQ(bulk.start({.query = {}, .per_second = 1}).error().code, ErrorCode::kConflict);
  bulk.stop();
  EXPECT_FALSE(bulk.progress()->is_running);
  EXPECT_EQ(count(State::kDead), 2U);
  ASSERT_TRUE(bulk.start({.query = {}, .per_second = 1000}));
  ASSERT_TRUE(eventually([&] { return count(State::kDead) == 0; }));
}

TEST_P(BulkRetryTest, RefusesARateOutOfRange) {
  BulkRetry bulk(*queue_, Log::silent());
  for (const double rate : {0.0, -1.0, 1000.5, std::numeric_limits<double>::quiet_NaN()}) {
    EXPECT_EQ(bulk.start({.query = {}, .per_second = rate}).error().field, "per_second");
  }
}

INSTANTIATE_TEST_SUITE_P(Backends, BulkRetryTest, ::testing::ValuesIn(testing::backends()),
                         [](const auto& engine) { return engine.param; });

}  // namespace
}  // namespace fit::jobs
