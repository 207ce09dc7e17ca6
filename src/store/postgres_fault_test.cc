// The real server is killed, restarted and stormed: nothing acknowledged is lost, and the store goes
// on without a restart.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <thread>

#include "sql/migrations.h"
#include "sql/postgres_connection.h"
#include "store/catalogue.h"
#include "store/test_postgres.h"
#include "store/test_support.h"

namespace fit::store {
namespace {

using ::testing::HasSubstr;
using testing::make_item;
using testing::PgBouncer;
using testing::PostgresCluster;

constexpr std::chrono::seconds kLimit{60};

// Waits until the condition holds.
::testing::AssertionResult eventually(const std::function<bool()>& condition) {
  const auto give_up = std::chrono::steady_clock::now() + kLimit;
  while (!condition()) {
    if (std::chrono::steady_clock::now() > give_up) return ::testing::AssertionFailure() << "never came true";
    std::this_thread::sleep_for(std::chrono::milliseconds(2));
  }
  return ::testing::AssertionSuccess();
}

class PostgresFaultTest : public ::testing::Test {
 protected:
  void SetUp() override {
    if (!PostgresCluster::is_available()) GTEST_SKIP() << "there is no PostgreSQL server on this machine";
  }

  static std::unique_ptr<Catalogue> open(const std::string& url, const OpenOptions& options = {}) {
    auto catalogue = open_catalogue(url, options);
    EXPECT_TRUE(catalogue) << catalogue.error().describe();
    return catalogue ? *std::move(catalogue) : nullptr;
  }

  static Result<std::vector<UpsertOutcome>> upsert(Catalogue& catalogue, std::int64_t number) {
    const domain::ItemWrite item = make_item(number);
    return catalogue.items().upsert(std::span(&item, 1));
  }
};

// Ends all sessions of the program.
constexpr const char* kEndSessions =
    "SELECT count(pg_terminate_backend(pid))::text FROM pg_stat_activity "
    "WHERE datname = current_database() AND pid <> pg_backend_pid()";

TEST_F(PostgresFaultTest, ContinuesWhenIdleSessionsAreEnded) {
  const TempDir folder;
  const std::string url = testing::catalogue_url(folder);
  const auto catalogue = open(url);
  ASSERT_TRUE(upsert(*catalogue, 1));
  ASSERT_TRUE(catalogue->items().counts());
  testing::sql(url, kEndSessions);
  EXPECT_TRUE(catalogue->items().counts()) << "a lost session is noticed, and the read done on another";
  EXPECT_TRUE(upsert(*catalogue, 2));
  EXPECT_EQ(catalogue->items().counts()->items, 2);
}

TEST_F(PostgresFaultTest, LosesNothingWhenASessionEndsInAWrite) {
  const TempDir folder;
  const std::string url = testing::catalogue_url(folder);
  const auto catalogue = open(url);
  ASSERT_TRUE(upsert(*catalogue, 1));
  const auto other = *sql::open_postgres({.url = url});
  ASSERT_TRUE(other->run_script("BEGIN; LOCK TABLE images IN EXCLUSIVE MODE"));
  Result<std::vector<UpsertOutcome>> outcome = std::vector<UpsertOutcome>{};
  std::thread writer([&] { outcome = upsert(*catalogue, 2); });
  EXPECT_TRUE(eventually([&] {
    return testing::sql(url,
                        "SELECT count(pg_terminate_backend(pid))::text FROM pg_stat_activity WHERE datname = "
                        "current_database() AND wait_event_type = 'Lock'") == "1";
  }));
  writer.join();
  ASSERT_FALSE(outcome);
  EXPECT_EQ(outcome.error().code, ErrorCode::kUnavailable);
  other->rollback();
  EXPECT_EQ(catalogue->items().counts()->items, 1) << "nothing of it was written";
  EXPECT_TRUE(upsert(*catalogue, 2));
}

TEST_F(PostgresFaultTest, ContinuesAfterTheServerWasUnavailable) {
  PostgresCluster cluster;
  const auto catalogue = open(cluster.url());
  ASSERT_TRUE(upsert(*catalogue, 1));
  cluster.stop();
  for (int i = 0; i < 5; ++i) {
    const auto read = catalogue->items().counts();
    ASSERT_FALSE(read);
    EXPECT_EQ(read.error().code, ErrorCode::kUnavailable) << read.error().describe();
    EXPECT_EQ(upsert(*catalogue, 2).error().code, ErrorCode::kUnavailable);
    EXPECT_EQ(catalogue->check().error().code, ErrorCode::kUnavailable);
  }
  cluster.start();
  EXPECT_TRUE(eventually([&] { return upsert(*catalogue, 2).has_value(); }));
  EXPECT_TRUE(eventually([&] { return catalogue->items().counts().has_value(); }));
  EXPECT_EQ(catalogue->items().counts()->items, 2);
}

TEST_F(PostgresFaultTest, KeepsWhatItAcknowledgedWhenTheServerIsKilled) {
  // Where commits do not wait for the disk, the store makes them wait.
  PostgresCluster cluster({.durable = true, .settings = {"synchronous_commit=off"}});
  const auto catalogue = open(cluster.url());
  std::vector<std::int64_t> numbers;
  for (int round = 0; round < 2; ++round) {
    std::atomic<int> acknowledged = 0;
    std::atomic<bool> done = false;
    std::thread writer([&] {
      for (std::int64_t i = 0; !done; ++i) {
        if (!upsert(*catalogue, round * 100'000 + i)) continue;
        numbers.push_back(round * 100'000 + i);
        ++acknowledged;
      }
    });
    EXPECT_TRUE(eventually([&] { return acknowledged > 50; }));
    cluster.kill();
    done = true;
    writer.join();
    cluster.start();
    const auto fresh = open(cluster.url());
    std::vector<domain::ItemKey> keys;
    for (const std::int64_t number : numbers) keys.push_back({"test", make_item(number).listing.external_id});
    const auto found = fresh->items().find(keys);
    ASSERT_TRUE(found) << found.error().describe();
    for (std::size_t i = 0; i < numbers.size(); ++i) EXPECT_TRUE((*found)[i].has_value()) << numbers[i];
    EXPECT_GE(fresh->items().counts()->items, 50);
    EXPECT_TRUE(eventually([&] { return upsert(*catalogue, 900'000 + round).has_value(); }));
  }
}

TEST_F(PostgresFaultTest, ServesMoreThreadsThanConnections) {
  PostgresCluster cluster({.settings = {"max_connections=12", "superuser_reserved_connections=2"}});
  testing::sql(cluster.url(), "CREATE EXTENSION vector");
  testing::sql(cluster.url(), "CREATE ROLE shop LOGIN");
  testing::sql(cluster.url(), "GRANT ALL ON SCHEMA public TO shop");
  const std::string url = cluster.url("postgres", "shop");
  const auto catalogue = open(url, {.connections = 2, .overflow_connections = 100});
  const auto second = open(url, {.connections = 2, .overflow_connections = 100});
  std::vector<std::thread> threads;
  std::vector<std::string> problems(40);
  std::atomic<int> answered = 0;
  for (std::size_t t = 0; t < problems.size(); ++t) {
    threads.emplace_back([&, t] {
      for (int i = 0; i < 20; ++i) {
        Catalogue& one = t % 2 == 0 ? *catalogue : *second;
        const auto read = one.items().counts();
        if (read) ++answered;
        if (!read && read.error().code != ErrorCode::kUnavailable) problems[t] = read.error().describe();
        if (i == 10 && t < 4) {
          const auto written = upsert(one, static_cast<std::int64_t>(t));
          if (!written && written.error().code != ErrorCode::kUnavailable)
            problems[t] = written.error().describe();
        }
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  for (const std::string& problem : problems) EXPECT_EQ(problem, "");
  EXPECT_GT(answered, 0);
  EXPECT_TRUE(eventually(
      [&] { return catalogue->items().counts().has_value() && second->items().counts().has_value(); }));
  EXPECT_LE(catalogue->pool_stats().open, 3U) << "what was opened in need is closed";
  EXPECT_TRUE(eventually([&] { return upsert(*catalogue, 99).has_value(); }));
}

TEST_F(PostgresFaultTest, WorksBehindPgBouncer) {
  if (!PgBouncer::is_available()) GTEST_SKIP() << "there is no PgBouncer on this machine";
  PostgresCluster cluster;
  const PgBouncer bouncer(cluster);
  const auto catalogue = open(bouncer.url("postgres"), {.connections = 8});
  const auto second = open(bouncer.url("postgres"), {.connections = 8});
  const auto space = *catalogue->spaces().ensure({"clip", "m", "1", 8});
  std::vector<std::thread> threads;
  std::vector<std::string> problems(8);
  for (std::size_t t = 0; t < problems.size(); ++t) {
    threads.emplace_back([&, t] {
      Catalogue& one = t % 2 == 0 ? *catalogue : *second;
      for (int i = 0; i < 10; ++i) {
        std::vector<domain::ItemWrite> batch;
        for (int k = 0; k < (i % 2 == 0 ? 1 : 20); ++k) {
          batch.push_back(make_item(static_cast<std::int64_t>(t) * 1000 + i * 20 + k, space));
        }
        const auto outcomes = one.items().upsert(batch);
        if (!outcomes) problems[t] = outcomes.error().describe();
        const auto items = one.items().list(ItemId{}, 100);
        if (!items) problems[t] = items.error().describe();
        const std::vector<std::string> words = {"corduroy", "chic"};
        const auto found = one.words().find({.words = words, .among = {}});
        if (!found) problems[t] = found.error().describe();
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  for (const std::string& problem : problems) EXPECT_EQ(problem, "");
  EXPECT_EQ(catalogue->items().counts()->items, 8 * (5 + 100));
  EXPECT_EQ(*catalogue->vectors().count(space.id), 8 * (5 + 100));
  const auto connection = *sql::open_postgres({.url = bouncer.url("postgres")});
  const std::vector<sql::SqlSetting> settings = {{"statement_timeout", "77s"}};
  EXPECT_TRUE(connection->query_under(settings, "SELECT current_setting('statement_timeout')", {},
                                      [](const sql::SqlRow& row) { EXPECT_EQ(row.text(0), "77s"); }));
  EXPECT_EQ(testing::sql(bouncer.url("postgres"), "SELECT current_setting('statement_timeout')"), "0")
      << "no setting is left behind in PgBouncer's sessions";
}

TEST_F(PostgresFaultTest, LeavesTheOldSchemaWhenAMigrationIsInterrupted) {
  const TempDir folder;
  const std::string url = testing::postgres_url(folder);
  const sql::Migration first = {1, "first", "CREATE TABLE a (id {identity}); INSERT INTO a (id) VALUES (5);"};
  const sql::Migration slow[] = {
      first, {2, "second", "CREATE TABLE b (id BIGINT); UPDATE a SET id = 6; SELECT pg_sleep(120);"}};
  ASSERT_TRUE(sql::migrate(**sql::open_postgres({.url = url}), {.migrations = std::span(slow, 1)}));
  std::optional<Error> failed;
  std::thread starter([&] {
    const auto connection = *sql::open_postgres({.url = url});
    const auto done = sql::migrate(*connection, {.migrations = slow});
    if (!done) failed = done.error();
  });
  EXPECT_TRUE(eventually([&] {
    return testing::sql(url,
                        "SELECT count(pg_terminate_backend(pid))::text FROM pg_stat_activity "
                        "WHERE datname = current_database() AND wait_event = 'PgSleep'") == "1";
  }));
  starter.join();
  ASSERT_TRUE(failed);
  EXPECT_EQ(failed->code, ErrorCode::kUnavailable);
  EXPECT_EQ(testing::sql(url, "SELECT id::text FROM a"), "5");
  EXPECT_EQ(testing::sql(url, "SELECT count(*)::text FROM pg_class WHERE relname = 'b'"), "0");
  const sql::Migration quick[] = {first, {2, "second", "CREATE TABLE b (id BIGINT); UPDATE a SET id = 6;"}};
  const auto connection = *sql::open_postgres({.url = url});
  EXPECT_TRUE(sql::migrate(*connection, {.migrations = quick}));
  EXPECT_EQ(testing::sql(url, "SELECT id::text FROM a"), "6");
}

}  // namespace
}  // namespace fit::store
