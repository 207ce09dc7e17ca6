#include "jobs/redis_dispatch.h"

#include <gmock/gmock.h>

#include <csignal>

#include "cache/test_redis.h"
#include "jobs/test_database.h"
#include "jobs/workers.h"

namespace fit::jobs {
namespace {

using cache::TestRedis;
using testing::eventually;
using ::testing::IsEmpty;
using ::testing::SizeIs;
using testing::TestDispatch;

constexpr std::chrono::hours kNever{1};  // until the next look into the database

class RedisDispatchTest : public ::testing::Test {
 protected:
  void SetUp() override {
    FIT_NEEDS_REDIS();
    std::signal(SIGPIPE, SIG_IGN);
    database_ = testing::open_database("sqlite", folder_);
  }

  // A process with a dispatch and a queue.
  struct Process {
    explicit Process(sql::Database& database, const TestDispatch::Options& options)
        : dispatch(options), queue(database, {.dispatch = dispatch.get()}) {}

    std::vector<Job> claim(std::size_t limit) {
      return queue.claim({.worker = "one", .kinds = {{.kind = "test", .limit = limit}}, .limit = limit})
          .value();
    }
    // The number of tickets that a worker takes, without a claim.
    std::size_t take(std::size_t limit) {
      const auto taken =
          dispatch->take({.worker = "lost", .kinds = {{.kind = "test", .limit = limit}}, .limit = limit});
      return taken && !taken->tickets.empty() ? taken->tickets.front().ids.size() : 0;
    }

    TestDispatch dispatch;
    Queue queue;
  };
  std::unique_ptr<Process> process(const TestDispatch::Options& options = {.look_period = kNever}) {
    auto opened = std::make_unique<Process>(*database_, options);
    // The first look is due at once.
    EXPECT_THAT(opened->claim(1), IsEmpty());
    return opened;
  }
  static void add(Queue& queue, std::size_t jobs = 1) {
    ASSERT_TRUE(queue.add(std::vector<NewJob>(jobs, {.kind = "test"})));
  }

  TempDir folder_;
  std::unique_ptr<sql::Database> database_;
};

TEST_F(RedisDispatchTest, AWorkerWithoutATicketDoesNotReadTheDatabase) {
  const auto one = process();
  add(one->queue, 3);
  EXPECT_THAT(one->claim(5), IsEmpty());
  ASSERT_TRUE(one->queue.top_up());
  EXPECT_THAT(one->claim(2), SizeIs(2));
  EXPECT_THAT(one->claim(5), SizeIs(1));
  EXPECT_THAT(one->claim(5), IsEmpty());
}

TEST_F(RedisDispatchTest, TicketsAreNotAddedTwice) {
  const auto one = process();
  add(one->queue, 3);
  for (int i = 0; i < 3; ++i) ASSERT_TRUE(one->queue.top_up());
  EXPECT_EQ(one->take(10), 3U);
}

TEST_F(RedisDispatchTest, APausedQueueGetsNoTickets) {
  const auto one = process();
  add(one->queue);
  ASSERT_TRUE(one->queue.pause("test", std::nullopt, ""));
  ASSERT_TRUE(one->queue.top_up());
  EXPECT_EQ(one->take(10), 0U);
}

TEST_F(RedisDispatchTest, TicketsOfALostWorkerAreTakenAgainAfterTheLease) {
  const auto one = process({.look_period = kNever, .lease = std::chrono::milliseconds(20)});
  add(one->queue, 2);
  ASSERT_TRUE(one->queue.top_up());
  EXPECT_EQ(one->take(2), 2U);
  std::size_t claimed = 0;
  EXPECT_TRUE(eventually([&] {
    claimed += one->claim(5).size();
    return claimed == 2;
  }));
  // They are acknowledged and do not come again.
  EXPECT_THAT(one->claim(5), IsEmpty());
}

TEST_F(RedisDispatchTest, MoreJobsThanTicketsAreAllClaimed) {
  const auto one = process({.look_period = kNever, .most_tickets = 4});
  add(one->queue, 25);
  ASSERT_TRUE(one->queue.top_up());
  std::size_t claimed = 0;
  for (auto jobs = one->claim(3); !jobs.empty(); jobs = one->claim(3)) claimed += jobs.size();
  EXPECT_EQ(claimed, 25U);
}

TEST_F(RedisDispatchTest, AFlushedRedisIsFilledAgain) {
  const TestRedis server;
  const auto one = process({.url = server.url(), .look_period = kNever});
  add(one->queue, 3);
  ASSERT_TRUE(one->queue.top_up());
  EXPECT_THAT(one->claim(1), SizeIs(1));
  ASSERT_TRUE(one->dispatch.redis().run({"FLUSHALL"}, nullptr));
  EXPECT_THAT(one->claim(5), IsEmpty());
  EXPECT_TRUE(one->dispatch.metrics().expose().contains("queue_redis_rebuilt_total 1"));
  EXPECT_THAT(one->claim(5), SizeIs(2));
}

TEST_F(RedisDispatchTest, TicketsSurviveACrashOfRedis) {
  TestRedis server(TestRedis::Persistence::kEachWrite);
  const auto one = process({.url = server.url(), .look_period = kNever});
  add(one->queue, 3);
  ASSERT_TRUE(one->queue.top_up());
  server.kill();
  server.start();
  const auto next = std::make_unique<TestDispatch>(
      TestDispatch::Options{.url = server.url(), .queue_id = "other", .look_period = kNever});
  ASSERT_TRUE(next->redis().wait_connected(std::chrono::seconds(30)));
  const auto streams = next->redis().run({"KEYS", "fit:jobs:*queue:test"}, nullptr);
  ASSERT_TRUE(streams);
  ASSERT_EQ(streams->items.size(), 1U);
  EXPECT_EQ(next->redis().run({"XLEN", streams->items.front()}, nullptr)->text, "3");
}

TEST_F(RedisDispatchTest, WithoutRedisTheDatabaseSaysWhatWaits) {
  TestRedis server;
  const auto one = process({.url = server.url(), .look_period = kNever});
  server.kill();
  add(one->queue, 2);
  // The calls that find out that Redis has gone fall back, too.
  EXPECT_THAT(one->claim(1), SizeIs(1));
  EXPECT_THAT(one->claim(1), SizeIs(1));
  EXPECT_TRUE(one->dispatch.metrics().expose().contains("queue_redis_used 0"));
}

TEST_F(RedisDispatchTest, OneOfSeveralProcessesLooksIntoTheDatabase) {
  TestDispatch one({.queue_id = "looks", .look_period = kNever});
  TestDispatch two({.queue_id = "looks", .look_period = kNever});
  EXPECT_TRUE(one->may_look());
  EXPECT_FALSE(one->may_look());
  EXPECT_FALSE(two->may_look());
}

TEST_F(RedisDispatchTest, WorkersHearOfTheJobsOfOtherProcesses) {
  const auto adding = process({.queue_id = "messages", .look_period = kNever});
  const auto working = process({.queue_id = "messages", .look_period = kNever});
  Metrics metrics;
  Workers workers(
      {.queue = working->queue,
       .handlers = {{.kind = "test",
                     .run = [](const Job&, const std::stop_token&) -> Result<void> { return {}; }}},
       .log = Log::silent(),
       .metrics = metrics},
      {.threads = 1, .poll = kNever});
  Messenger sender(adding->queue, adding->dispatch->channel(adding->queue), [] {}, Log::silent());
  Messenger receiver(
      working->queue, working->dispatch->channel(working->queue), [&] { workers.wake(); }, Log::silent());
  sender.start();
  receiver.start();
  workers.start();
  for (int i = 1; i <= 3; ++i) {
    add(adding->queue);
    EXPECT_TRUE(eventually([&] {
      return adding->queue.list({.state = State::kDone}).value().size() == static_cast<std::size_t>(i);
    }));
  }
}

TEST_F(RedisDispatchTest, AnAppendOnlyFileIsRequired) {
  const TestRedis forgets;
  const auto open = [](const std::string& url) {
    return cache::RedisPool::open(url, Log::silent(), {.command_timeout = std::chrono::seconds(10)}).value();
  };
  const auto refused = check_persistence(*open(forgets.url()), Log::silent());
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().field, "QUEUE_BACKEND");
  const TestRedis keeps(TestRedis::Persistence::kEachWrite);
  EXPECT_TRUE(check_persistence(*open(keeps.url()), Log::silent()));
}

}  // namespace
}  // namespace fit::jobs
