#include "store/catalogue_migrations.h"

#include <gtest/gtest.h>

#include <thread>

#include "base/temp_dir.h"
#include "sql/postgres_connection.h"
#include "sql/sqlite_connection.h"
#include "store/catalogue.h"
#include "store/migrate.h"
#include "store/test_support.h"
#include "store/words/sqlite_word_score.h"

namespace fit::store {
namespace {

constexpr sql::Migration kFirst = {
    1, "first", "CREATE TABLE a (id {identity}, bytes {blob}); INSERT INTO a (id) VALUES (5);"};
constexpr sql::Migration kSecond = {2, "second", "CREATE TABLE b (id BIGINT); UPDATE a SET id = 6;"};
constexpr sql::Migration kBroken = {
    2, "second", "CREATE TABLE b (id BIGINT); UPDATE a SET id = 6; INSERT INTO c VALUES (1);"};

class MigrationsTest : public ::testing::TestWithParam<testing::Engine> {
 protected:
  void SetUp() override {
    if (!GetParam().is_available()) GTEST_SKIP() << "there is no " << GetParam().name << " on this machine";
  }

  bool has_table(const char* name) {
    return connect()->query_integer(std::string("SELECT COUNT(*) FROM ") + name, {}).has_value();
  }

  std::unique_ptr<sql::SqlConnection> connect() {
    auto connection = GetParam().name == "sqlite" ? sql::open_sqlite({.path = folder_.path() / "fit.db"})
                                                  : sql::open_postgres({.url = GetParam().url(folder_)});
    EXPECT_TRUE(connection) << connection.error().describe();
    return *std::move(connection);
  }

  std::int64_t integer(const char* sql) {
    return connect()->query_integer(sql, {}).value_or(std::nullopt).value_or(-1);
  }

  TempDir folder_;
};

TEST_P(MigrationsTest, ApplyInOrderAndOnce) {
  const sql::Migration steps[] = {kFirst, kSecond};
  ASSERT_TRUE(sql::migrate(*connect(), {.migrations = std::span(steps, 1)}));
  EXPECT_EQ(integer("SELECT id FROM a"), 5);
  ASSERT_TRUE(sql::migrate(*connect(), {.migrations = steps}));
  ASSERT_TRUE(sql::migrate(*connect(), {.migrations = steps}));
  EXPECT_EQ(integer("SELECT id FROM a"), 6);
  EXPECT_EQ(integer("SELECT COUNT(*) FROM schema_migrations"), 2);
}

TEST_P(MigrationsTest, LeaveTheOldSchemaWhenAStepFails) {
  const sql::Migration broken[] = {kFirst, kBroken};
  const auto failed = sql::migrate(*connect(), {.migrations = broken});
  ASSERT_FALSE(failed);
  EXPECT_EQ(failed.error().code, ErrorCode::kInternal);
  EXPECT_NE(failed.error().detail.find("migration 2 second"), std::string::npos) << failed.error().detail;
  EXPECT_EQ(integer("SELECT id FROM a"), 5);
  EXPECT_EQ(integer("SELECT COUNT(*) FROM schema_migrations"), 1);
  EXPECT_TRUE(has_table("a"));
  EXPECT_FALSE(has_table("b"));

  const sql::Migration repaired[] = {kFirst, kSecond};
  EXPECT_TRUE(sql::migrate(*connect(), {.migrations = repaired}));
  EXPECT_EQ(integer("SELECT id FROM a"), 6);
}

TEST_P(MigrationsTest, RefuseANewerSchema) {
  const sql::Migration steps[] = {kFirst, kSecond};
  ASSERT_TRUE(sql::migrate(*connect(), {.migrations = steps}));
  const auto refused = sql::migrate(*connect(), {.migrations = std::span(steps, 1)});
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ErrorCode::kConflict);
  EXPECT_NE(refused.error().message.find("version 2"), std::string::npos);
  EXPECT_NE(refused.error().message.find("upgrade"), std::string::npos);
}

TEST_P(MigrationsTest, RefuseAnotherText) {
  const sql::Migration original[] = {kFirst};
  ASSERT_TRUE(sql::migrate(*connect(), {.migrations = original}));
  const sql::Migration edited[] = {{1, "first", "CREATE TABLE other (id BIGINT);"}};
  EXPECT_EQ(sql::migrate(*connect(), {.migrations = edited}).error().code, ErrorCode::kConflict);
}

TEST_P(MigrationsTest, RefuseAHistoryWithAGap) {
  const sql::Migration steps[] = {kFirst, kSecond};
  ASSERT_TRUE(sql::migrate(*connect(), {.migrations = steps}));
  ASSERT_TRUE(connect()->execute("DELETE FROM schema_migrations WHERE version = 1", {}));
  EXPECT_EQ(sql::migrate(*connect(), {.migrations = steps}).error().code, ErrorCode::kConflict);
}

TEST_P(MigrationsTest, AreSafeWhenManyStartAtOnce) {
  const std::string url = GetParam().url(folder_);
  std::vector<std::thread> starters;
  std::vector<std::string> problems(8);
  for (auto& problem : problems) {
    starters.emplace_back([&] {
      const auto catalogue =
          store::open_catalogue(url, {.connections = 1, .busy_timeout = std::chrono::minutes(1)});
      if (!catalogue) problem = catalogue.error().describe();
    });
  }
  for (auto& starter : starters) starter.join();
  for (const auto& problem : problems) EXPECT_EQ(problem, "");
  EXPECT_EQ(integer("SELECT COUNT(*) FROM schema_migrations"),
            static_cast<std::int64_t>(catalogue_migrations().size()));
}

INSTANTIATE_TEST_SUITE_P(Engines, MigrationsTest, ::testing::ValuesIn(testing::empty_engines()),
                         [](const auto& engine) { return engine.param.name; });

TEST(CatalogueMigrations, AreNumberedWithoutGaps) {
  int version = 0;
  for (const sql::Migration& migration : catalogue_migrations()) {
    EXPECT_EQ(migration.version, ++version);
    EXPECT_FALSE(migration.name.empty());
    EXPECT_FALSE(migration.sql.empty());
  }
  EXPECT_GE(version, 1);
}

TEST(Schema, ExpandsEveryToken) {
  sql::SqlDialect dialect;
  dialect.blob = "BYTEA";
  dialect.identity = "KEY";
  const sql::MigrationToken tokens[] = {{"{words_index}", "CREATE INDEX;"}};
  const sql::Migration migration = {1, "first", "a {blob}, {identity} {blob} {other} {words_index}"};
  const sql::Schema schema = {.migrations = std::span(&migration, 1), .tokens = tokens};
  EXPECT_EQ(schema.expand(dialect, migration), "a BYTEA, KEY BYTEA {other} CREATE INDEX;");
}

TEST(SchemaSteps, AreReportedAsTheyWouldRun) {
  const TempDir folder;
  const std::string url = testing::sqlite_url(folder);
  const auto steps = store::schema_steps(url);
  ASSERT_TRUE(steps) << steps.error().describe();
  EXPECT_TRUE(std::filesystem::is_empty(folder.path())) << "nothing is made";
  std::string script;
  for (const store::SchemaStep& step : *steps) {
    EXPECT_FALSE(step.is_applied);
    script += step.sql;
  }
  EXPECT_EQ(script.find('{'), std::string::npos);
  const auto done =
      (*sql::open_sqlite({.path = folder.path() / "other.db", .add_functions = &add_word_functions}))
          ->run_script(script);
  EXPECT_TRUE(done) << done.error().describe();
}

TEST(IdList, CutsIntoPiecesOfFewLengths) {
  std::vector<std::int64_t> ids(200);
  for (std::size_t i = 0; i < ids.size(); ++i) ids[i] = static_cast<std::int64_t>(i);
  sql::IdList list(ids);
  auto piece = list.next({7});
  ASSERT_EQ(piece.values.size(), 129U);
  EXPECT_TRUE(piece.placeholders.starts_with("$2, $3, "));
  EXPECT_TRUE(piece.placeholders.ends_with(", $129"));
  EXPECT_EQ(std::get<std::int64_t>(piece.values[0]), 7);
  EXPECT_EQ(std::get<std::int64_t>(piece.values[128]), 127);
  piece = list.next({7});
  ASSERT_EQ(piece.values.size(), 129U);
  EXPECT_EQ(std::get<std::int64_t>(piece.values[128]), 199);
  EXPECT_TRUE(list.next({7}).values.empty());
  EXPECT_EQ(sql::IdList(std::span(ids).first(1)).next().placeholders, "$1");
  EXPECT_EQ(sql::IdList(std::span(ids).first(2)).next().values.size(), 8U);
}

}  // namespace
}  // namespace fit::store
