// No job is lost and none is done twice in effect: worker processes that are killed, a database server that
// restarts, a Redis server that is flushed and killed.
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <random>

#include "base/config.h"
#include "cache/test_redis.h"
#include "jobs/test_database.h"
#include "jobs/workers.h"
#include "sql/test_postgres.h"

namespace fit::jobs {
namespace {

using testing::eventually;

// A lease that ends soon, so that the jobs of killed workers are taken again soon.
const QueueOptions kShortLease = {.lease = std::chrono::seconds(1), .backoff = std::chrono::milliseconds(1)};

using OpenDatabase = std::function<std::unique_ptr<sql::Database>()>;

// The queue of one process.
struct ProcessQueue {
  // `redis_url` is empty for the other backends.
  ProcessQueue(sql::Database& database, const std::string& redis_url) {
    QueueOptions options = kShortLease;
    if (!redis_url.empty()) {
      dispatch = std::make_unique<testing::TestDispatch>(
          testing::TestDispatch::Options{.url = redis_url,
                                         .queue_id = "crashes",
                                         .look_period = std::chrono::milliseconds(50),
                                         .lease = std::chrono::seconds(1)});
      options.dispatch = dispatch->get();
    }
    queue = std::make_unique<Queue>(database, options);
  }

  std::unique_ptr<testing::TestDispatch> dispatch;
  std::unique_ptr<Queue> queue;
};

// The effect of a job: a row for it, once, and a count of the attempts.
Handler effect_handler(sql::Database& database) {
  return {.kind = "test", .run = [&database](const Job& job, const std::stop_token&) -> Result<void> {
            FIT_CHECK(database.write(sql::Ordering::kUnordered, [&job](sql::SqlConnection& connection) {
              return connection.execute(
                  "INSERT INTO effects (payload, attempts) VALUES ($1, 1) "
                  "ON CONFLICT (payload) DO UPDATE SET attempts = effects.attempts + 1",
                  {std::string_view(job.payload)});
            }));
            return {};
          }};
}

void make_effects(sql::Database& database) {
  const auto made = database.write(sql::Ordering::kUnordered, [](sql::SqlConnection& connection) {
    return connection.execute(
        "CREATE TABLE effects (payload TEXT NOT NULL PRIMARY KEY, attempts BIGINT NOT NULL)", {});
  });
  ASSERT_TRUE(made) << made.error().describe();
}

// Works on jobs in a process of its own until it is killed.
pid_t spawn_worker(const OpenDatabase& open, const std::string& redis_url) {
  const pid_t pid = fork();
  if (pid != 0) return pid;
  const auto database = open();
  const ProcessQueue own(*database, redis_url);
  Queue& queue = *own.queue;
  Metrics metrics;
  Workers workers(
      {.queue = queue, .handlers = {effect_handler(*database)}, .log = Log::silent(), .metrics = metrics},
      {.threads = 2, .poll = std::chrono::milliseconds(20)});
  workers.start();
  for (;;) pause();
}

void kill_and_wait(pid_t pid) {
  kill(pid, SIGKILL);
  waitpid(pid, nullptr, 0);
}

std::int64_t count(sql::Database& database, const std::string& sql) {
  const auto found =
      database.read([&sql](sql::SqlConnection& connection) { return connection.query_integer(sql, {}); });
  return found ? found->value_or(-1) : -1;
}

void add_numbered(Queue& queue, int from, int until) {
  std::vector<NewJob> jobs;
  for (int i = from; i < until; ++i) {
    jobs.push_back({.kind = "test", .payload = std::to_string(i), .max_attempts = 100});
  }
  // Sessions are opened again within two seconds after a restart.
  ASSERT_TRUE(eventually([&] { return queue.add(jobs).has_value(); }));
}

// Drains the queue with a worker that nobody kills, and checks that each job had its effect.
void expect_all_done(sql::Database& database, int jobs, const std::string& redis_url = {}) {
  const ProcessQueue own(database, redis_url);
  Queue& queue = *own.queue;
  Metrics metrics;
  Workers workers(
      {.queue = queue, .handlers = {effect_handler(database)}, .log = Log::silent(), .metrics = metrics},
      {.threads = 2, .poll = std::chrono::milliseconds(20)});
  workers.start();
  EXPECT_TRUE(eventually([&] {
    return count(database, "SELECT COUNT(*) FROM jobs WHERE state = 'done'") == jobs;
  })) << count(database, "SELECT COUNT(*) FROM jobs WHERE state = 'done'");
  EXPECT_EQ(count(database, "SELECT COUNT(*) FROM effects"), jobs);
  EXPECT_EQ(count(database, "SELECT COUNT(*) FROM jobs"), jobs);
}

class WorkersCrashTest : public ::testing::TestWithParam<std::string> {};

TEST_P(WorkersCrashTest, KilledWorkersLoseNoJob) {
  if (!testing::is_available(GetParam())) GTEST_SKIP() << "there is no " << GetParam() << " on this machine";
  std::signal(SIGPIPE, SIG_IGN);  // as the program does
  const int rounds = environment_value("FIT_FAULTS") == "long" ? 100 : 12;
  constexpr int kJobsOfARound = 60;
  const TempDir folder;
  const OpenDatabase open = [&] { return testing::open_database(GetParam(), folder); };
  std::unique_ptr<cache::TestRedis> redis;
  if (GetParam() == "redis")
    redis = std::make_unique<cache::TestRedis>(cache::TestRedis::Persistence::kEachWrite);
  const std::string redis_url = redis ? redis->url() : "";
  const auto database = open();
  make_effects(*database);
  const ProcessQueue own(*database, redis_url);
  Queue& queue = *own.queue;
  std::mt19937 random(17);
  std::vector<pid_t> workers = {spawn_worker(open, redis_url), spawn_worker(open, redis_url)};
  for (int round = 0; round < rounds; ++round) {
    add_numbered(queue, round * kJobsOfARound, (round + 1) * kJobsOfARound);
    // Somewhere between the first effect of the round and the last.
    const std::int64_t effects = round * kJobsOfARound + static_cast<std::int64_t>(random() % kJobsOfARound);
    EXPECT_TRUE(eventually([&] { return count(*database, "SELECT COUNT(*) FROM effects") >= effects; }));
    pid_t& victim = workers[random() % workers.size()];
    kill_and_wait(victim);
    victim = spawn_worker(open, redis_url);
    // Every few rounds Redis loses all that it has, and once it is killed.
    if (redis && round % 4 == 1) own.dispatch->redis().run({"FLUSHALL"}, nullptr);
    if (redis && round == rounds / 2) {
      redis->kill();
      redis->start();
    }
  }
  for (const pid_t worker : workers) kill_and_wait(worker);
  expect_all_done(*database, rounds * kJobsOfARound, redis_url);
}

INSTANTIATE_TEST_SUITE_P(Backends, WorkersCrashTest, ::testing::ValuesIn(testing::backends()),
                         [](const auto& engine) { return engine.param; });

TEST(WorkersPostgresTest, GoOnAfterARestartOfTheServer) {
  if (!testing::is_available("postgresql")) GTEST_SKIP() << "there is no PostgreSQL on this machine";
  sql::testing::PostgresCluster cluster({.durable = true});
  const auto database = testing::open_postgres_database(cluster.url());
  make_effects(*database);
  Queue queue(*database, kShortLease);
  Metrics metrics;
  Workers workers(
      {.queue = queue, .handlers = {effect_handler(*database)}, .log = Log::silent(), .metrics = metrics},
      {.threads = 2, .poll = std::chrono::milliseconds(20)});
  workers.start();
  add_numbered(queue, 0, 400);
  EXPECT_TRUE(eventually([&] { return count(*database, "SELECT COUNT(*) FROM effects") >= 20; }));
  cluster.kill();
  cluster.start();
  add_numbered(queue, 400, 500);
  workers.stop();
  expect_all_done(*database, 500);
}

}  // namespace
}  // namespace fit::jobs
