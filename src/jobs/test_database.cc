#include "jobs/test_database.h"

#include <array>
#include <chrono>
#include <stdexcept>
#include <thread>

#include "base/files.h"
#include "cache/test_redis.h"
#include "jobs/job_rows.h"
#include "sql/migrations.h"
#include "sql/postgres_connection.h"
#include "sql/sqlite_connection.h"
#include "sql/test_postgres.h"

namespace fit::jobs::testing {
namespace {

constexpr std::uint64_t kMaxMigrationBytes = 1 << 20;
constexpr std::size_t kConnections = 4;
constexpr std::chrono::milliseconds kRedisPatience{10'000};

// The migrations of the catalogue that the queue needs.
void migrate(sql::SqlConnection& connection) {
  const auto read = [](const char* name) {
    return read_file(std::string(FIT_SOURCE_DIR) + "/src/store/migrations/" + name, kMaxMigrationBytes)
        .value();
  };
  const Bytes tables = read("0012_jobs.sql");
  const Bytes traces = read("0031_job_traces.sql");
  const std::array<sql::Migration, 2> migrations = {
      {{.version = 1, .name = "jobs", .sql = as_text(tables)},
       {.version = 2, .name = "job_traces", .sql = as_text(traces)}}};
  if (const auto done = sql::migrate(connection, {.migrations = migrations}); !done) {
    throw std::runtime_error(done.error().describe());
  }
}

}  // namespace

bool is_available(const std::string& engine) {
  if (engine == "redis") return cache::TestRedis::is_installed();
  return engine == "sqlite" || sql::testing::PostgresCluster::is_available();
}

std::unique_ptr<sql::Database> open_postgres_database(const std::string& url) {
  const auto open = [url] { return sql::open_postgres({.url = url}); };
  migrate(*open().value());
  sql::Database::Pools pools;
  pools.ordered = std::make_unique<sql::ConnectionPool>(open, sql::ConnectionPool::Options{});
  pools.unordered =
      std::make_unique<sql::ConnectionPool>(open, sql::ConnectionPool::Options{.size = kConnections});
  pools.readers =
      std::make_unique<sql::ConnectionPool>(open, sql::ConnectionPool::Options{.size = kConnections});
  return std::make_unique<sql::Database>(std::move(pools));
}

std::unique_ptr<sql::Database> open_database(const std::string& engine, const TempDir& folder) {
  if (engine == "postgresql") return open_postgres_database(sql::testing::postgres_url(folder));
  const sql::SqliteOptions session{.path = folder.path() / "fit.db", .busy_timeout = std::chrono::minutes(1)};
  const auto open = [session] { return sql::open_sqlite(session); };
  migrate(*open().value());
  sql::Database::Pools pools;
  pools.ordered = std::make_unique<sql::ConnectionPool>(open, sql::ConnectionPool::Options{});
  pools.readers =
      std::make_unique<sql::ConnectionPool>(open, sql::ConnectionPool::Options{.size = kConnections});
  return std::make_unique<sql::Database>(std::move(pools));
}

bool eventually(const std::function<bool()>& condition) {
  const auto deadline = std::chrono::steady_clock::now() + std::chrono::minutes(1);
  while (!condition()) {
    if (std::chrono::steady_clock::now() >= deadline) return false;
    std::this_thread::sleep_for(std::chrono::milliseconds(5));
  }
  return true;
}

TestDispatch::TestDispatch(const Options& options) {
  static const cache::TestRedis shared_server;
  const std::string url = options.url.empty() ? shared_server.url() : options.url;
  redis_ = cache::RedisPool::open(url, Log::silent(), {.connections = 2, .command_timeout = kRedisPatience})
               .value();
  redis_->wait_connected(kRedisPatience);
  dispatch_ = std::make_unique<RedisDispatch>(
      RedisDispatch::Parts{.redis = *redis_, .log = Log::silent(), .metrics = metrics_},
      RedisDispatch::Options{
          .queue_id = options.queue_id.empty() ? std::to_string(random_number()) : options.queue_id,
          .lease = options.lease,
          .look_period = options.look_period,
          .most_tickets = options.most_tickets});
}

void QueueTest::SetUp() {
  if (!is_available(GetParam())) GTEST_SKIP() << "there is no " << GetParam() << " on this machine";
  database_ = open_database(GetParam(), folder_);
  if (GetParam() == "redis") dispatch_ = std::make_unique<TestDispatch>(TestDispatch::Options());
  queue_ = std::make_unique<Queue>(
      *database_,
      QueueOptions{.clock = [this] { return time_; }, .dispatch = dispatch_ ? dispatch_->get() : nullptr});
}

JobId QueueTest::add(NewJob job) {
  if (job.kind.empty()) job.kind = "test";
  const auto added = queue_->add(job);
  EXPECT_TRUE(added) << added.error().describe();
  return added ? added->id : JobId{};
}

std::vector<Job> QueueTest::claim(std::size_t limit, const std::string& worker, const std::string& kind) {
  auto jobs = queue_->claim({.worker = worker, .kinds = {{.kind = kind, .limit = limit}}, .limit = limit});
  EXPECT_TRUE(jobs) << jobs.error().describe();
  return std::move(jobs).value_or(std::vector<Job>());
}

std::vector<JobId> QueueTest::claim_ids(std::size_t limit) {
  std::vector<JobId> ids;
  for (const Job& job : claim(limit)) ids.push_back(job.id);
  return ids;
}

void QueueTest::finish(const Job& job, const Outcome& outcome) {
  const auto done = queue_->finish(job, outcome);
  EXPECT_TRUE(done) << done.error().describe();
}

Outcome QueueTest::failure(ErrorClass error_class) {
  return {
      .kind = Outcome::Kind::kFailed,
      .error = {.error_class = error_class, .code = "internal", .message = "it broke", .detail = "a detail"}};
}

Job QueueTest::find(JobId id) {
  auto job = queue_->find(id);
  EXPECT_TRUE(job) << job.error().describe();
  return std::move(job).value_or(Job());
}

}  // namespace fit::jobs::testing
