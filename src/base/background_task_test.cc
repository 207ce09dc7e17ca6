#include "base/background_task.h"

#include <gtest/gtest.h>

#include <atomic>
#include <future>

namespace fit {
namespace {

constexpr std::chrono::hours kNever{1};

TEST(BackgroundTaskTest, StopEndsAWaitAndJoins) {
  std::promise<void> waiting;
  bool ended = false;  // written by the thread, read after stop() joined it
  BackgroundTask task;
  task.start([&](const std::stop_token&) {
    waiting.set_value();
    ended = !task.wait_for(kNever);
  });
  waiting.get_future().wait();
  task.stop();
  EXPECT_TRUE(ended);
  EXPECT_TRUE(task.is_stopped());
  task.stop();
}

TEST(BackgroundTaskTest, DestructorStops) {
  std::atomic<int> rounds = 0;
  {
    BackgroundTask task;
    task.start([&](const std::stop_token&) {
      do ++rounds;
      while (task.wait());
    });
  }
  EXPECT_LE(rounds, 1);
}

TEST(BackgroundTaskTest, WakeEndsAWait) {
  std::promise<bool> first;
  std::promise<bool> second;
  BackgroundTask task;
  task.wake();  // a wait that begins later ends at once
  task.start([&](const std::stop_token&) {
    first.set_value(task.wait_for(kNever));
    second.set_value(task.wait());
  });
  EXPECT_TRUE(first.get_future().get());
  task.wake();
  EXPECT_TRUE(second.get_future().get());
}

TEST(BackgroundTaskTest, WaitEndsByItself) {
  std::promise<bool> waited;
  BackgroundTask task;
  task.start([&](const std::stop_token&) { waited.set_value(task.wait_for(std::chrono::milliseconds(1))); });
  EXPECT_TRUE(waited.get_future().get());
}

TEST(BackgroundTaskTest, TokenIsRequestedByStop) {
  BackgroundTask task;
  task.start([](const std::stop_token& stop) {
    while (!stop.stop_requested()) std::this_thread::yield();
  });
  EXPECT_FALSE(task.stop_token().stop_requested());
  task.stop();
  EXPECT_TRUE(task.stop_token().stop_requested());
}

TEST(BackgroundTaskTest, NotStarted) {
  BackgroundTask task;
  task.wake();
  task.stop();
}

TEST(WaitUnlessStoppedTest, Stops) {
  std::stop_source source;
  EXPECT_TRUE(wait_unless_stopped(source.get_token(), std::chrono::milliseconds(1)));
  EXPECT_TRUE(wait_unless_stopped({}, std::chrono::milliseconds(1)));
  source.request_stop();
  EXPECT_FALSE(wait_unless_stopped(source.get_token(), kNever));
}

}  // namespace
}  // namespace fit
