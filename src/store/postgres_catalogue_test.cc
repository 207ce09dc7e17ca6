// What is particular to a catalogue on PostgreSQL: its errors and its tables.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <thread>

#include "sql/postgres_connection.h"
#include "sql/postgres_error.h"
#include "store/catalogue.h"
#include "store/migrate.h"
#include "store/test_postgres.h"
#include "store/test_support.h"

namespace fit::store {
namespace {

using ::testing::HasSubstr;
using testing::make_item;
using ::testing::Not;
using testing::PostgresCluster;

std::string with_user(std::string url, const std::string& user) {
  return url.replace(url.find("//postgres@"), std::string("//postgres@").size(), "//" + user + "@");
}

class PostgresCatalogueTest : public ::testing::Test {
 protected:
  void SetUp() override {
    if (!PostgresCluster::is_available()) GTEST_SKIP() << "there is no PostgreSQL server on this machine";
    url_ = testing::postgres_url(folder_);
  }

  static Error open_error(const std::string& url) {
    const auto catalogue = open_catalogue(url);
    EXPECT_FALSE(catalogue) << url;
    if (catalogue) return {};
    EXPECT_EQ(catalogue.error().field, "DATABASE_URL");
    return catalogue.error();
  }

  TempDir folder_;
  std::string url_;
};

TEST_F(PostgresCatalogueTest, ReportsWhatIsWrongWithTheAddress) {
  const Error no_url = open_error("postgresql://user:s3cret@[::1");
  EXPECT_EQ(no_url.code, ErrorCode::kInvalid);
  EXPECT_THAT(no_url.describe(), Not(HasSubstr("s3cret")));
  const Error option = open_error("postgresql://user:s3cret@/db?nonsense=s3cret");
  EXPECT_EQ(option.code, ErrorCode::kInvalid);
  EXPECT_THAT(option.describe(), Not(HasSubstr("s3cret")));
  const Error host = open_error("postgresql://user:s3cret@nowhere.invalid/db");
  EXPECT_EQ(host.code, ErrorCode::kUnavailable);
  EXPECT_THAT(host.message, HasSubstr("host"));
  EXPECT_THAT(host.describe(), Not(HasSubstr("s3cret")));
  EXPECT_EQ(open_error("postgresql://user@127.0.0.1:1/db").code, ErrorCode::kUnavailable);
  std::string other = url_;
  const Error database =
      open_error(other.replace(other.find("/t"), other.find('?') - other.find("/t"), "/none"));
  EXPECT_EQ(database.code, ErrorCode::kInvalid);
  EXPECT_THAT(database.message, HasSubstr("no such database"));
  const Error user = open_error(with_user(url_, "nobody"));
  EXPECT_EQ(user.code, ErrorCode::kInvalid);
  EXPECT_THAT(user.message, HasSubstr("user"));
}

TEST_F(PostgresCatalogueTest, ReportsAWrongPassword) {
  PostgresCluster cluster;
  testing::sql(cluster.url(), "CREATE ROLE shop LOGIN PASSWORD 'right'");
  std::ofstream(cluster.folder() / "data/pg_hba.conf")
      << "local all postgres trust\nlocal all all scram-sha-256\n";
  testing::sql(cluster.url(), "SELECT pg_reload_conf()::text");
  cluster.stop();
  cluster.start();
  const Error wrong = open_error(with_user(cluster.url(), "shop:wr0ng"));
  EXPECT_EQ(wrong.code, ErrorCode::kInvalid);
  EXPECT_THAT(wrong.message, HasSubstr("password"));
  EXPECT_THAT(wrong.describe(), Not(HasSubstr("wr0ng")));
  EXPECT_THAT(open_error(with_user(cluster.url(), "shop")).message, HasSubstr("password"));
  // The right one gets in, and then may not make the extension.
  const Error lacks = open_error(with_user(cluster.url(), "shop:right"));
  EXPECT_EQ(lacks.code, ErrorCode::kInvalid);
  EXPECT_THAT(lacks.message, HasSubstr("pgvector"));
  EXPECT_THAT(lacks.message, HasSubstr("CREATE EXTENSION vector"));
  EXPECT_THAT(lacks.describe(), Not(HasSubstr("right")));
}

TEST_F(PostgresCatalogueTest, RefusesAnOldExtension) {
  ASSERT_TRUE(open_catalogue(url_));
  testing::sql(url_, "UPDATE pg_extension SET extversion = '0.6.2' WHERE extname = 'vector'");
  const Error old = open_error(url_);
  EXPECT_EQ(old.code, ErrorCode::kInvalid);
  EXPECT_THAT(old.message, HasSubstr("0.6.2"));
  EXPECT_THAT(old.message, HasSubstr("ALTER EXTENSION vector UPDATE"));
  testing::sql(url_, "UPDATE pg_extension SET extversion = '0.10.0' WHERE extname = 'vector'");
  EXPECT_TRUE(open_catalogue(url_));
}

TEST_F(PostgresCatalogueTest, RefusesANewerSchema) {
  ASSERT_TRUE(open_catalogue(url_));
  testing::sql(url_, "INSERT INTO schema_migrations VALUES (99, 'future', 'x', 0)");
  const Error newer = open_error(url_);
  EXPECT_EQ(newer.code, ErrorCode::kConflict);
  EXPECT_THAT(newer.message, HasSubstr("upgrade the program"));
  EXPECT_EQ(schema_steps(url_).error().code, ErrorCode::kConflict);
}

TEST_F(PostgresCatalogueTest, RefusesAnotherEncoding) {
  const std::string name = "latin" + std::to_string(getpid());
  testing::sql(url_, "CREATE DATABASE " + name + " ENCODING 'LATIN1' LOCALE 'C' TEMPLATE template0");
  std::string other = url_;
  other.replace(other.find("@/") + 2, other.find('?') - other.find("@/") - 2, name);
  const Error encoding = open_error(other);
  EXPECT_EQ(encoding.code, ErrorCode::kInvalid);
  EXPECT_THAT(encoding.message, HasSubstr("UTF8"));
  testing::sql(url_, "DROP DATABASE " + name);
}

TEST_F(PostgresCatalogueTest, StopsLongStatements) {
  const auto connection =
      sql::open_postgres({.url = url_, .statement_timeout = std::chrono::milliseconds(50)});
  ASSERT_TRUE(connection) << connection.error().describe();
  ASSERT_TRUE((*connection)->begin_read());
  const auto slept = (*connection)->query_integer("SELECT 1 FROM pg_sleep(60)", {});
  ASSERT_FALSE(slept);
  EXPECT_EQ(slept.error().code, ErrorCode::kUnavailable);
  EXPECT_THAT(slept.error().message, HasSubstr("statement timeout"));
  (*connection)->rollback();
  ASSERT_TRUE((*connection)->begin_read());
  EXPECT_EQ(*(*connection)->query_integer("SELECT 7", {}), 7);
}

TEST_F(PostgresCatalogueTest, AsksUnderSettingsThatHoldForOneStatement) {
  const auto connection =
      *sql::open_postgres({.url = url_, .statement_timeout = std::chrono::milliseconds(50)});
  const std::vector<sql::SqlSetting> settings = {{"enable_sort", "off"}, {"work_mem", "123kB"}};
  const auto ask = [&](std::string_view sql, std::span<const sql::SqlSetting> under) -> Result<std::string> {
    std::string text;
    FIT_CHECK(connection->query_under(under, sql, {}, [&](const sql::SqlRow& row) { text += row.text(0); }));
    return text;
  };
  constexpr std::string_view kSettings =
      "SELECT current_setting('enable_sort') || current_setting('work_mem')";
  const std::string before = *ask(kSettings, {});
  EXPECT_EQ(*ask(kSettings, settings), "off123kB");
  EXPECT_EQ(*ask(kSettings, {}), before);
  EXPECT_EQ(*ask("SELECT current_setting('statement_timeout')", settings), "50ms");

  const std::vector<sql::SqlSetting> unknown = {{"no_such_setting", "1"}};
  EXPECT_FALSE(ask(kSettings, unknown));
  const auto wrong = ask("SELECT 1 / (SELECT 0)", settings);
  ASSERT_FALSE(wrong);
  EXPECT_THAT(wrong.error().describe(), HasSubstr("division by zero"));
  const auto slept = ask("SELECT '' FROM pg_sleep(60)", settings);
  ASSERT_FALSE(slept);
  EXPECT_EQ(slept.error().code, ErrorCode::kUnavailable);
  EXPECT_FALSE(ask("SELECT pg_terminate_backend(pg_backend_pid())::TEXT FROM nowhere", settings));
  EXPECT_EQ(*ask(kSettings, settings), "off123kB") << "no error ends the session";

  EXPECT_FALSE(ask("SELECT pg_terminate_backend(pg_backend_pid())::TEXT", settings));
  EXPECT_TRUE(connection->is_broken());
  EXPECT_FALSE(ask(kSettings, settings));
}

TEST_F(PostgresCatalogueTest, ReportsThatWritersAreWaitedFor) {
  const auto catalogue = open_catalogue(url_, {.busy_timeout = std::chrono::milliseconds(50)});
  ASSERT_TRUE(catalogue);
  const auto other = sql::open_postgres({.url = url_});
  ASSERT_TRUE((*other)->begin_write(sql::Ordering::kOrdered));
  const domain::ItemWrite item = make_item(1);
  const auto waited = (*catalogue)->items().upsert(std::span(&item, 1));
  ASSERT_FALSE(waited);
  EXPECT_EQ(waited.error().code, ErrorCode::kUnavailable);
  EXPECT_TRUE((*catalogue)->items().counts()) << "reads do not wait";
  (*other)->rollback();
  EXPECT_TRUE((*catalogue)->items().upsert(std::span(&item, 1)));
}

TEST_F(PostgresCatalogueTest, RefusesNumbersThatAreTooLarge) {
  const auto catalogue = *open_catalogue(url_);
  const auto space = *catalogue->spaces().ensure({"clip", "m", "1", 2});
  domain::ItemWrite item = make_item(1);
  item.images[0].vectors = {{space.id, {1e6F, 0}}};
  const auto refused = catalogue->items().upsert(std::span(&item, 1));
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ErrorCode::kInvalid);
  EXPECT_EQ(refused.error().field, "vector");
  std::vector<domain::ItemWrite> many(40, item);
  for (std::size_t i = 0; i < many.size(); ++i) many[i].listing.external_id = std::to_string(i);
  EXPECT_EQ(catalogue->items().upsert(many).error().field, "vector");
  EXPECT_EQ(catalogue->items().counts()->items, 0);
  item.images[0].vectors = {{space.id, {0, 1}}};
  EXPECT_TRUE(catalogue->items().upsert(std::span(&item, 1)));
  EXPECT_EQ(catalogue->spaces().ensure({"large", "m", "1", 16001}).error().field, "dimensions");
}

TEST_F(PostgresCatalogueTest, MigratesStepByStep) {
  auto steps = *schema_steps(url_);
  ASSERT_GE(steps.size(), 4U);
  EXPECT_FALSE(steps[0].is_applied);
  EXPECT_EQ(steps[0].sql.find("{identity}"), std::string::npos);
  EXPECT_EQ(migrate_database(url_, {.to = 99}).error().field, "--to");
  EXPECT_EQ(migrate_database(url_, {.to = 0}).error().field, "--to");
  ASSERT_TRUE(migrate_database(url_, {.to = 2}));
  steps = *schema_steps(url_);
  EXPECT_TRUE(steps[1].is_applied);
  EXPECT_FALSE(steps[2].is_applied);
  EXPECT_EQ(migrate_database(url_, {.to = 1}).error().field, "--to");
  ASSERT_TRUE(migrate_database(url_, {}));
  EXPECT_TRUE(schema_steps(url_)->back().is_applied);
  EXPECT_TRUE(open_catalogue(url_));
}

TEST(PostgresError, MeansWhatTheServerSays) {
  EXPECT_EQ(sql::postgres_error("53100", "").code, ErrorCode::kStorageFull);
  EXPECT_EQ(sql::postgres_error("23505", "").code, ErrorCode::kConflict);
  EXPECT_EQ(sql::postgres_error("53300", "").code, ErrorCode::kUnavailable);
  EXPECT_EQ(sql::postgres_error("57P01", "").code, ErrorCode::kUnavailable);
  EXPECT_EQ(sql::postgres_error("", "").code, ErrorCode::kUnavailable);
  EXPECT_EQ(sql::postgres_error("25006", "").code, ErrorCode::kStorageFull);
  EXPECT_EQ(sql::postgres_error("54000", "").code, ErrorCode::kTooLarge);
  EXPECT_EQ(sql::postgres_error("42601", "why").detail, "why");
  EXPECT_EQ(sql::postgres_error("42601", "").code, ErrorCode::kInternal);
}

}  // namespace
}  // namespace fit::store
