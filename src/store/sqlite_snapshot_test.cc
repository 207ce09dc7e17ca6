// Catalogues of earlier versions of the schema (tests/fixtures) in this program: they are migrated, there is
// a way back, and what an earlier program writes fits the present schema.
#include "store/sqlite_snapshot.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>
#include <regex>
#include <set>
#include <string>

#include "base/files.h"
#include "base/format.h"
#include "base/temp_dir.h"
#include "sql/sqlite_connection.h"
#include "store/catalogue.h"
#include "store/catalogue_migrations.h"
#include "store/engine.h"
#include "store/migrate.h"
#include "store/words/sqlite_word_score.h"

namespace fit::store {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

namespace fs = std::filesystem;

constexpr int kFixtureItems = 3;

class UpgradeTest : public ::testing::TestWithParam<int> {
 protected:
  fs::path path() const { return folder_.path() / "fit.db"; }
  std::string url() const { return "sqlite:///" + path().string(); }
  std::unique_ptr<sql::SqlConnection> connect() const {
    return sql::open_sqlite({.path = path(), .add_functions = &add_word_functions}).value();
  }
  // What a program of the version wrote.
  std::string script() const {
    const fs::path file = fs::path(FIT_FIXTURES) / fit::format("catalogue_{:04}.sql", GetParam());
    return std::string(as_text(read_file(file, 1 << 20).value()));
  }
  void make_old_catalogue() const {
    ASSERT_TRUE(migrate_database(url(), {.to = GetParam()}));
    ASSERT_TRUE(connect()->run_script(script()));
  }
  std::int64_t integer(const std::string& sql) const {
    return connect()->query_integer(sql, {}).value_or(std::nullopt).value_or(-1);
  }
  std::int64_t version() const { return integer("SELECT MAX(version) FROM schema_migrations"); }
  std::vector<std::string> names() const {
    std::vector<std::string> all;
    for (const auto& entry : fs::directory_iterator(folder_.path())) all.push_back(entry.path().filename());
    std::ranges::sort(all);
    return all;
  }
  static std::int64_t last() { return static_cast<std::int64_t>(catalogue_migrations().size()); }
  std::string snapshot_name() const { return fit::format("fit.db.schema-{}", GetParam()); }

  // What can be read of the three items.
  void expect_whole(Catalogue& catalogue) const {
    const auto counts = catalogue.items().counts();
    ASSERT_TRUE(counts) << counts.error().describe();
    EXPECT_EQ(counts->items, kFixtureItems);
    EXPECT_EQ(counts->images, kFixtureItems);
    EXPECT_EQ(integer("SELECT COUNT(*) FROM vectors"), kFixtureItems);
  }

  const TempDir folder_;
};

TEST_P(UpgradeTest, ACatalogueOfAnEarlierVersionIsOpened) {
  make_old_catalogue();
  const auto catalogue = open_catalogue(url());
  ASSERT_TRUE(catalogue) << catalogue.error().describe();
  EXPECT_EQ(version(), last());
  expect_whole(**catalogue);
  EXPECT_EQ((*catalogue)->words().count_phrase("suede handbag", 10).value_or(-1), 1);
}

TEST_P(UpgradeTest, ASnapshotIsTakenAndLeadsBack) {
  make_old_catalogue();
  const std::int64_t position = integer("SELECT value FROM counters WHERE name = 'position'");
  {
    ASSERT_TRUE(open_catalogue(url()));
  }
  EXPECT_THAT(names(), ElementsAre("fit.db", snapshot_name()));
  const auto done = roll_back_database(url());
  ASSERT_TRUE(done) << done.error().describe();
  EXPECT_EQ(done->from, last());
  EXPECT_EQ(done->to, GetParam());
  EXPECT_THAT(names(), ElementsAre("fit.db", "fit.db.rolled-back"));
  EXPECT_EQ(version(), GetParam());
  EXPECT_EQ(integer("SELECT COUNT(*) FROM items"), kFixtureItems);
  EXPECT_EQ(integer("SELECT value FROM counters WHERE name = 'position'"), position);
  // And there again.
  const auto catalogue = open_catalogue(url());
  ASSERT_TRUE(catalogue) << catalogue.error().describe();
  expect_whole(**catalogue);
  EXPECT_TRUE(fs::exists(folder_.path() / snapshot_name()));
}

TEST_P(UpgradeTest, TheCatalogueGoneBackToHasAnIdentityOfItsOwn) {
  make_old_catalogue();
  std::string id;
  {
    const auto catalogue = open_catalogue(url());
    ASSERT_TRUE(catalogue);
    id = (*catalogue)->id();
  }
  ASSERT_TRUE(roll_back_database(url()));
  EXPECT_NE(open_catalogue(url()).value()->id(), id);
}

TEST_P(UpgradeTest, ADatabaseInUseIsNotPutBack) {
  make_old_catalogue();
  const auto server = open_catalogue(url());
  ASSERT_TRUE(server);
  const auto refused = roll_back_database(url());
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ErrorCode::kConflict);
  EXPECT_THAT(refused.error().message, HasSubstr("in use"));
  EXPECT_EQ(version(), last());
  expect_whole(**server);
}

TEST_P(UpgradeTest, ADamagedSnapshotIsRefused) {
  make_old_catalogue();
  {
    ASSERT_TRUE(open_catalogue(url()));
  }
  std::fstream snapshot(folder_.path() / snapshot_name(), std::ios::in | std::ios::out | std::ios::binary);
  snapshot.seekp(8192);
  snapshot << std::string(40'000, 'x');
  snapshot.close();
  EXPECT_FALSE(roll_back_database(url()));
  EXPECT_EQ(version(), last());
}

TEST_P(UpgradeTest, WhatAnEarlierProgramWritesFitsThePresentSchema) {
  ASSERT_TRUE(migrate_database(url(), {}));
  const auto written = connect()->run_script(script());
  ASSERT_TRUE(written) << written.error().describe();
  const auto catalogue = open_catalogue(url());
  ASSERT_TRUE(catalogue);
  expect_whole(**catalogue);
}

TEST_P(UpgradeTest, AnEarlierProgramWorksBesideThisOne) {
  const auto catalogue = open_catalogue(url()).value();
  const std::int64_t before = catalogue->changes().position().value();
  const auto earlier = connect();
  const auto written = earlier->run_script(script());
  ASSERT_TRUE(written) << written.error().describe();
  expect_whole(*catalogue);
  EXPECT_EQ(catalogue->changes().list(before, 10).value().size(), kFixtureItems);
  ASSERT_TRUE(catalogue->items().remove(ItemId{1}));
  EXPECT_EQ(earlier->query_integer("SELECT COUNT(*) FROM items", {}).value(), kFixtureItems - 1);
  // It reads every table by the columns that it knows.
  const std::string text = script();
  const std::regex insert(R"(INSERT INTO (\w+) \(([^)]*)\))");
  std::set<std::string> reads;
  for (std::sregex_iterator at(text.begin(), text.end(), insert), end; at != end; ++at) {
    reads.insert(fit::format("SELECT COUNT(*) FROM (SELECT {} FROM {})", at->str(2), at->str(1)));
  }
  EXPECT_GT(reads.size(), 5U);
  for (const std::string& read : reads) {
    const auto rows = earlier->query_integer(read, {});
    EXPECT_TRUE(rows) << read << ": " << rows.error().describe();
  }
}

INSTANTIATE_TEST_SUITE_P(Versions, UpgradeTest, ::testing::Values(7, 16, 28),
                         [](const auto& version) { return "Schema" + std::to_string(version.param); });

TEST(SqliteSnapshot, IsOfTheLastChangeOnly) {
  const TempDir folder;
  const std::string url = "sqlite:///" + (folder.path() / "fit.db").string();
  for (const int to : {7, 9, 9, 12}) ASSERT_TRUE(migrate_database(url, {.to = to}));
  EXPECT_FALSE(fs::exists(folder.path() / "fit.db.schema-7"));
  EXPECT_TRUE(fs::exists(folder.path() / "fit.db.schema-9"));
  ASSERT_TRUE(migrate_database(url, {.to = 14, .takes_snapshot = false}));
  EXPECT_FALSE(fs::exists(folder.path() / "fit.db.schema-12"));
}

TEST(SqliteSnapshot, ANewCatalogueHasNone) {
  const TempDir folder;
  const std::string url = "sqlite:///" + (folder.path() / "fit.db").string();
  ASSERT_TRUE(open_catalogue(url));
  ASSERT_TRUE(open_catalogue(url));
  EXPECT_EQ(std::distance(fs::directory_iterator(folder.path()), {}), 1);
  EXPECT_EQ(roll_back_database(url).error().code, ErrorCode::kNotFound);
  EXPECT_EQ(roll_back_database("sqlite:///" + (folder.path() / "none.db").string()).error().code,
            ErrorCode::kNotFound);
  EXPECT_EQ(roll_back_database("postgresql://127.0.0.1:1/x").error().field, "--rollback");
}

// Processes of the version before run beside those of the next one during an upgrade: a migration may only
// add.
TEST(CatalogueMigrations, OnlyAdd) {
  const std::regex changes(R"(\b(DROP|RENAME|TRUNCATE)\b|\bALTER\s+TABLE\s+\w+\s+(?!ADD\s+COLUMN))",
                           std::regex::icase);
  const std::regex comments(R"(--[^\n]*)");
  const std::regex column(R"(ADD\s+COLUMN\s+[^;]*)", std::regex::icase);
  for (const sql::Migration& migration : catalogue_migrations()) {
    const std::string text = std::regex_replace(std::string(migration.sql), comments, "");
    EXPECT_FALSE(std::regex_search(text, changes)) << migration.name;
    for (std::sregex_iterator at(text.begin(), text.end(), column), end; at != end; ++at) {
      const std::string added = at->str();
      const bool is_optional =
          added.find("NOT NULL") == std::string::npos || added.find("DEFAULT") != std::string::npos;
      EXPECT_TRUE(is_optional) << migration.name << ": an earlier program leaves it out: " << added;
    }
  }
}

}  // namespace
}  // namespace fit::store
