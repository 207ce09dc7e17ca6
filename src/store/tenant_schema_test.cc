// Catalogues in schemas of one PostgreSQL database.
#include "store/tenant_schema.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "sql/postgres_connection.h"
#include "sql/postgres_schema.h"
#include "store/catalogue.h"
#include "store/pgvector/postgres_index.h"
#include "store/test_postgres.h"
#include "store/test_support.h"

namespace fit::store {
namespace {

using testing::make_item;
using testing::make_vector;
using testing::PostgresCluster;

TEST(TenantSchemaNameTest, NamesFitAndDiffer) {
  EXPECT_EQ(tenant_schema("my-shop"), "tenant_my-shop");
  const std::string longest = tenant_schema(std::string(63, 'x'));
  EXPECT_EQ(longest.size(), 63U);
  EXPECT_NE(longest, tenant_schema(std::string(62, 'x') + "y"));
  EXPECT_NE(longest, tenant_schema(std::string(62, 'x')));
}

TEST(TenantSchemaNameTest, TheUrlNamesTheSchemaAndKeepsItsOptions) {
  const std::string plain = sql::with_schema("postgresql://u@h/db", "tenant_a-b").value();
  EXPECT_EQ(sql::own_schema(plain), "tenant_a-b");
  const std::string given =
      sql::with_schema("postgresql://u@h/db?options=-c%20work_mem%3D1MB&sslmode=disable", "tenant_b").value();
  EXPECT_EQ(sql::own_schema(given), "tenant_b");
  EXPECT_THAT(given, ::testing::HasSubstr("work_mem"));
  EXPECT_THAT(given, ::testing::HasSubstr("sslmode=disable"));
  EXPECT_EQ(sql::own_schema("postgresql://u@h/db"), "");
  EXPECT_EQ(sql::own_schema("postgresql://u@h/db?options=-c%20search_path%3Dx"), "");
  EXPECT_FALSE(sql::with_schema("sqlite:///x.db", "tenant_a"));
}

class TenantSchemaTest : public ::testing::Test {
 protected:
  void SetUp() override {
    if (!PostgresCluster::is_available()) GTEST_SKIP() << "there is no PostgreSQL server on this machine";
    url_ = testing::catalogue_url(folder_);
    first_ = open_catalogue(url_).value();
  }

  std::unique_ptr<Catalogue> open_tenant(const std::string& name) {
    const std::string url = tenant_database_url(url_, name).value();
    EXPECT_TRUE(make_schema(url));
    auto opened = open_catalogue(url);
    EXPECT_TRUE(opened) << opened.error().describe();
    return *std::move(opened);
  }

  TempDir folder_;
  std::string url_;
  std::unique_ptr<Catalogue> first_;
};

TEST_F(TenantSchemaTest, CataloguesSeeNothingOfEachOther) {
  const auto a = open_tenant("a");
  const auto b = open_tenant("b-2");
  EXPECT_NE(a->id(), first_->id());
  std::int64_t number = 0;
  for (Catalogue* const catalogue : {first_.get(), a.get(), b.get()}) {
    const auto space =
        catalogue->spaces().ensure({.name = "s", .model = "m", .version = "1", .dimensions = 8});
    ASSERT_TRUE(space) << space.error().describe();
    std::vector<domain::ItemWrite> items;
    for (int i = 0; i < 3; ++i) items.push_back(make_item(++number, *space));
    ASSERT_TRUE(catalogue->items().upsert(items));
  }
  for (Catalogue* const catalogue : {first_.get(), a.get(), b.get()}) {
    EXPECT_EQ(catalogue->items().counts()->items, 3);
    const auto spaces = catalogue->spaces().list().value();
    ASSERT_EQ(spaces.size(), 1U);
    const auto vector = make_vector(8, 1);
    const domain::ItemFilter filter;
    const auto nearest = catalogue->vector_search()->nearest(
        {.space_id = spaces[0].id, .vector = vector, .limit = 10, .filter = filter});
    ASSERT_TRUE(nearest) << nearest.error().describe();
    EXPECT_EQ(nearest->size(), 3U);
    EXPECT_EQ(catalogue->vector_search()->state(spaces[0].id)->vectors, 3);
    std::vector<Damage> found;
    ASSERT_TRUE(catalogue->check_integrity({.thorough = true}, {}, {}, found));
    EXPECT_TRUE(found.empty());
  }
}

TEST_F(TenantSchemaTest, ATableThatIsGoneIsNotLookedUpElsewhere) {
  const auto a = open_tenant("a");
  ASSERT_TRUE(first_->items().upsert(std::vector{make_item(1)}));
  ASSERT_TRUE(remove_schema(tenant_database_url(url_, "a").value()));
  EXPECT_FALSE(a->items().counts());
  EXPECT_FALSE(a->items().upsert(std::vector{make_item(2)}));
  EXPECT_EQ(first_->items().counts()->items, 1);
}

TEST_F(TenantSchemaTest, IndexesAreBuiltInTheSchema) {
  const std::string url = tenant_database_url(url_, "a").value();
  const auto a = open_tenant("a");
  const domain::SpaceSpec wanted{.name = "s", .model = "m", .version = "1", .dimensions = 8};
  const auto space = a->spaces().ensure(wanted);
  ASSERT_TRUE(space);
  ASSERT_TRUE(first_->spaces().ensure(wanted));
  ASSERT_TRUE(a->items().upsert(std::vector{make_item(1, *space)}));
  const auto indexes = [&] {
    return testing::sql(url_,
                        "SELECT string_agg(schemaname || '.' || indexname, ' ' ORDER BY 1) FROM pg_indexes "
                        "WHERE indexname LIKE 'vectors_1_nearest%'");
  };
  EXPECT_EQ(indexes(), "public.vectors_1_nearest tenant_a.vectors_1_nearest");
  testing::sql(url, "DROP INDEX vectors_1_nearest");
  EXPECT_EQ(indexes(), "public.vectors_1_nearest");
  const auto built = build_indexes(url, *space, {}, IndexesToBuild::kMissing, [](const std::string&) {});
  ASSERT_TRUE(built) << built.error().describe();
  EXPECT_EQ(indexes(), "public.vectors_1_nearest tenant_a.vectors_1_nearest");
}

TEST_F(TenantSchemaTest, WritersOfTwoSchemasDoNotWaitForEachOther) {
  const std::string url = tenant_database_url(url_, "a").value();
  const auto a = open_tenant("a");
  const auto first = sql::open_postgres({.url = url_}).value();
  const auto other = sql::open_postgres({.url = url, .lock_timeout = std::chrono::milliseconds(200)}).value();
  const auto held = sql::Transaction::write(*first, sql::Ordering::kOrdered);
  ASSERT_TRUE(held);
  EXPECT_TRUE(sql::Transaction::write(*other, sql::Ordering::kOrdered));
  const auto same = sql::open_postgres({.url = url_, .lock_timeout = std::chrono::milliseconds(200)}).value();
  EXPECT_EQ(sql::Transaction::write(*same, sql::Ordering::kOrdered).error().code, ErrorCode::kUnavailable);
}

}  // namespace
}  // namespace fit::store
