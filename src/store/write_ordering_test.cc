// What sql::Database::write() promises of ordered and unordered writes, on every engine.
#include <gtest/gtest.h>

#include <future>
#include <latch>
#include <thread>

#include "sql/database.h"
#include "sql/database_url.h"
#include "sql/postgres_connection.h"
#include "sql/sqlite_connection.h"
#include "store/test_support.h"

namespace fit::store {
namespace {

using sql::Ordering;
using testing::Engine;

class WriteOrdering : public ::testing::TestWithParam<Engine> {
 protected:
  void SetUp() override {
    if (!GetParam().is_available()) GTEST_SKIP() << "there is no " << GetParam().name << " on this machine";
    one_ = open();
    other_ = open();
    ASSERT_TRUE(one_->write(Ordering::kOrdered, [](sql::SqlConnection& connection) {
      return connection.run_script(
          "CREATE TABLE numbers (place BIGINT NOT NULL PRIMARY KEY, value BIGINT NOT NULL);"
          "INSERT INTO numbers (place, value) VALUES (0, 0)");
    }));
  }

  // A database as a process of its own has it.
  std::unique_ptr<sql::Database> open() {
    const std::string url = GetParam().url(folder_);
    sql::ConnectionPool::Open open;
    if (is_postgres()) {
      open = [url] { return sql::open_postgres({.url = url, .lock_timeout = std::chrono::minutes(1)}); };
    } else {
      const auto path = *sql::sqlite_path(url);
      open = [path] { return sql::open_sqlite({.path = path, .busy_timeout = std::chrono::minutes(1)}); };
    }
    sql::Database::Pools pools;
    pools.ordered = std::make_unique<sql::ConnectionPool>(open, sql::ConnectionPool::Options{.size = 1});
    if (is_postgres()) {
      pools.unordered = std::make_unique<sql::ConnectionPool>(open, sql::ConnectionPool::Options{.size = 4});
    }
    pools.readers = std::make_unique<sql::ConnectionPool>(open, sql::ConnectionPool::Options{.size = 2});
    return std::make_unique<sql::Database>(std::move(pools));
  }

  static bool is_postgres() { return GetParam().name == "postgresql"; }

  static Result<void> insert(sql::SqlConnection& connection, std::int64_t place) {
    FIT_CHECK(connection.execute("INSERT INTO numbers (place, value) VALUES ($1, 1)", {place}));
    return {};
  }

  std::int64_t integer(const char* sql) {
    const auto value =
        one_->read([&](sql::SqlConnection& connection) { return connection.query_integer(sql, {}); });
    return value.value_or(std::nullopt).value_or(-1);
  }

  TempDir folder_;
  std::unique_ptr<sql::Database> one_;
  std::unique_ptr<sql::Database> other_;
};

TEST_P(WriteOrdering, AFailedWriteChangesNothing) {
  for (const Ordering ordering : {Ordering::kOrdered, Ordering::kUnordered}) {
    const auto failed = one_->write(ordering, [](sql::SqlConnection& connection) -> Result<void> {
      FIT_CHECK(insert(connection, 1));
      return invalid("place", "is refused");
    });
    ASSERT_FALSE(failed);
    EXPECT_EQ(failed.error().field, "place");
    EXPECT_EQ(integer("SELECT COUNT(*) FROM numbers"), 1);
  }
}

TEST_P(WriteOrdering, AWriteWithinAWriteDoesNotWaitForItself) {
  const auto insert_one = [](sql::SqlConnection& connection) { return insert(connection, 1); };
  const auto nested = one_->write(
      Ordering::kOrdered, [&](sql::SqlConnection&) { return one_->write(Ordering::kOrdered, insert_one); });
  ASSERT_FALSE(nested);
  EXPECT_EQ(nested.error().code, ErrorCode::kInternal);
  EXPECT_TRUE(one_->write(Ordering::kOrdered, insert_one)) << "the thread may write again";
}

// Each reads the counter, lets the others run and writes it back: only one at a time may do so.
TEST_P(WriteOrdering, OrderedWritesFollowEachOther) {
  constexpr int kRounds = 15;
  std::vector<std::thread> writers;
  for (sql::Database* database : {one_.get(), other_.get(), one_.get()}) {
    writers.emplace_back([database] {
      for (int i = 0; i < kRounds; ++i) {
        const auto done =
            database->write(Ordering::kOrdered, [](sql::SqlConnection& connection) -> Result<void> {
              FIT_TRY(const auto value,
                      connection.query_integer("SELECT value FROM numbers WHERE place = $1", {0}));
              std::this_thread::yield();
              FIT_CHECK(connection.execute("UPDATE numbers SET value = $1 WHERE place = 0", {*value + 1}));
              return {};
            });
        ASSERT_TRUE(done) << done.error().describe();
      }
    });
  }
  for (std::thread& writer : writers) writer.join();
  EXPECT_EQ(integer("SELECT value FROM numbers WHERE place = 0"), 3 * kRounds);
}

// An ordered write and unordered ones of two processes are all in the middle of their transactions at once.
TEST_P(WriteOrdering, UnorderedWritesRunBesideEveryOther) {
  if (!is_postgres()) GTEST_SKIP() << "the engine has one writer at a time";
  constexpr int kWriters = 5;
  std::latch all_have_written(kWriters);
  std::vector<std::future<Result<void>>> writers;
  for (int i = 0; i < kWriters; ++i) {
    writers.push_back(std::async(std::launch::async, [&, i] {
      sql::Database& database = i % 2 == 0 ? *one_ : *other_;
      return database.write(i == 0 ? Ordering::kOrdered : Ordering::kUnordered,
                            [&](sql::SqlConnection& connection) -> Result<void> {
                              FIT_CHECK(insert(connection, 1 + i));
                              all_have_written.arrive_and_wait();
                              return {};
                            });
    }));
  }
  for (auto& writer : writers) EXPECT_TRUE(writer.get());
  EXPECT_EQ(integer("SELECT COUNT(*) FROM numbers"), 1 + kWriters);
}

TEST_P(WriteOrdering, UnorderedWritesAreAllStored) {
  constexpr int kRows = 30;
  std::vector<std::thread> writers;
  for (int t = 0; t < 4; ++t) {
    writers.emplace_back([&, t] {
      for (int i = 0; i < kRows; ++i) {
        const auto done =
            (t % 2 == 0 ? one_ : other_)->write(Ordering::kUnordered, [&](sql::SqlConnection& connection) {
              return insert(connection, 1 + t * kRows + i);
            });
        ASSERT_TRUE(done) << done.error().describe();
      }
    });
  }
  for (std::thread& writer : writers) writer.join();
  EXPECT_EQ(integer("SELECT COUNT(*) FROM numbers"), 1 + 4 * kRows);
}

INSTANTIATE_TEST_SUITE_P(Engines, WriteOrdering, ::testing::ValuesIn(testing::engines()),
                         [](const auto& engine) { return engine.param.name; });

}  // namespace
}  // namespace fit::store
