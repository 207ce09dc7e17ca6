#include "jobs/messenger.h"

#include <gtest/gtest.h>

#include "jobs/test_database.h"
#include "jobs/workers.h"
#include "sql/postgres_connection.h"
#include "sql/test_postgres.h"

namespace fit::jobs {
namespace {

using testing::eventually;

// A process with a queue and workers that look for jobs of others once an hour.
class Process {
 public:
  explicit Process(const std::string& url)
      : database_(testing::open_postgres_database(url)),
        queue_(*database_),
        workers_(
            {.queue = queue_,
             .handlers = {{.kind = "test",
                           .run = [](const Job&, const std::stop_token&) -> Result<void> { return {}; }}},
             .log = Log::silent(),
             .metrics = metrics_},
            {.threads = 1, .poll = std::chrono::hours(1)}),
        messenger_(
            queue_, postgres_channel(*database_, [url] { return sql::open_postgres({.url = url}); }),
            [this] { workers_.wake(); }, Log::silent()) {
    messenger_.start();
  }

  Queue& queue() { return queue_; }
  void work() { workers_.start(); }

 private:
  std::unique_ptr<sql::Database> database_;
  Queue queue_;
  Metrics metrics_;
  Workers workers_;
  Messenger messenger_;
};

std::size_t done_jobs(Queue& queue) {
  return queue.list({.state = State::kDone}).value().size();
}

TEST(MessengerPostgresTest, WorkersHearOfTheJobsOfOtherProcesses) {
  if (!testing::is_available("postgresql")) GTEST_SKIP() << "there is no PostgreSQL on this machine";
  const TempDir folder;
  const std::string url = sql::testing::postgres_url(folder);
  Process adding(url);
  Process working(url);
  working.work();
  // Until the worker listens, it may miss a message; each job is announced, and the worker takes all that
  // wait.
  EXPECT_TRUE(eventually([&] {
    EXPECT_TRUE(adding.queue().add({.kind = "test"}));
    return done_jobs(adding.queue()) > 0;
  }));
}

TEST(MessengerPostgresTest, ListensAgainAfterARestartOfTheServer) {
  if (!testing::is_available("postgresql")) GTEST_SKIP() << "there is no PostgreSQL on this machine";
  sql::testing::PostgresCluster cluster({.durable = true});
  Process process(cluster.url());
  process.work();
  ASSERT_TRUE(process.queue().add({.kind = "test"}));
  ASSERT_TRUE(eventually([&] { return done_jobs(process.queue()) == 1; }));
  const auto other = testing::open_postgres_database(cluster.url());
  Queue queue(*other);
  // Added without an announcement: the messenger looks once when it listens again.
  ASSERT_TRUE(queue.add({.kind = "test"}));
  cluster.stop();
  cluster.start();
  EXPECT_TRUE(eventually([&] {
    const auto done = queue.list({.state = State::kDone});
    return done && done->size() == 2;
  }));
}

}  // namespace
}  // namespace fit::jobs
