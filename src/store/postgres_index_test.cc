// The graphs inside the database: built after a bulk load, and anew beside searches.
#include "store/pgvector/postgres_index.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "sql/postgres_connection.h"
#include "store/migrate.h"
#include "store/pgvector/vector_search.h"
#include "store/test_postgres.h"
#include "store/test_support.h"

namespace fit::store {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

class PostgresIndexTest : public ::testing::Test {
 protected:
  void SetUp() override {
    if (!testing::PostgresCluster::is_available()) GTEST_SKIP() << "there is no PostgreSQL on this machine";
    url_ = testing::catalogue_url(folder_);
    catalogue_ = open_catalogue(url_, {.graph = {.m = 8, .ef_construction = 32}}).value();
    space_ = catalogue_->spaces().ensure({"clip", "m", "1", 8}).value();
  }

  void fill(int first, int count) {
    std::vector<domain::ItemWrite> items;
    for (int i = first; i < first + count; ++i) items.push_back(testing::make_item(i, space_));
    ASSERT_TRUE(catalogue_->items().upsert(items));
  }

  std::string options() {
    return testing::sql(url_,
                        "SELECT COALESCE((SELECT array_to_string(reloptions, ' ') FROM pg_class WHERE oid = "
                        "to_regclass('vectors_1_nearest')), 'none')");
  }

  std::size_t found() {
    const auto vector = testing::make_vector(8, 1);
    return catalogue_->vector_search()
        ->nearest({.space_id = space_.id, .vector = vector, .limit = 30, .filter = {}})
        ->size();
  }

  std::string trees() {
    return testing::sql(
        url_, "SELECT count(*)::TEXT FROM pg_index WHERE indrelid = 'vectors_1'::regclass AND indisvalid");
  }

  // Rows that lie behind one of a later category, or of the same category and a higher price.
  std::string out_of_order() {
    return testing::sql(url_,
                        "SELECT count(*)::TEXT FROM (SELECT (category, price) < lag((category, price)) OVER "
                        "(ORDER BY ctid) AS wrong FROM vectors_1) v WHERE wrong");
  }

  std::vector<std::string> build(const GraphOptions& options,
                                 IndexesToBuild which = IndexesToBuild::kMissingAndOutdated) {
    std::vector<std::string> told;
    const auto done =
        build_indexes(url_, space_, options, which, [&](const std::string& what) { told.push_back(what); });
    EXPECT_TRUE(done) << done.error().describe();
    return told;
  }

  TempDir folder_;
  std::string url_;
  std::unique_ptr<Catalogue> catalogue_;
  domain::SpaceRecord space_;
};

TEST_F(PostgresIndexTest, IsMadeWithTheOptions) {
  EXPECT_EQ(options(), "m=8 ef_construction=32");
  EXPECT_THAT(build({.m = 8, .ef_construction = 32}), ElementsAre());
}

TEST_F(PostgresIndexTest, AnEmptySpaceIsFilledWithout) {
  const std::string all = trees();
  ASSERT_TRUE(drop_empty_indexes(url_, space_));
  EXPECT_EQ(options(), "none");
  EXPECT_EQ(trees(), "2") << "by image and by item";
  fill(0, 50);
  EXPECT_FALSE(catalogue_->vector_search()->state(space_.id)->has_index);
  EXPECT_EQ(found(), 30U);
  EXPECT_THAT(build({}), ElementsAre(HasSubstr("vectors_1_nearest: being built with m 16")));
  EXPECT_TRUE(catalogue_->vector_search()->state(space_.id)->has_index);
  EXPECT_EQ(found(), 30U);
  EXPECT_EQ(trees(), all);
  testing::sql(url_, "DROP INDEX vectors_1_by_brand");
  EXPECT_THAT(build({}), ElementsAre());
  EXPECT_EQ(trees(), all) << "what is missing comes back";
  ASSERT_TRUE(drop_empty_indexes(url_, space_));
  EXPECT_NE(options(), "none") << "it is not empty any more";
}

TEST_F(PostgresIndexTest, SortsTheRowsOfAFirstLoad) {
  ASSERT_TRUE(drop_empty_indexes(url_, space_));
  fill(0, 50);
  EXPECT_NE(out_of_order(), "0");
  {
    const auto reader = sql::open_postgres({.url = url_}).value();
    ASSERT_TRUE(reader->run_script("BEGIN; LOCK TABLE vectors_1 IN ACCESS SHARE MODE"));
    EXPECT_THAT(build({}, IndexesToBuild::kMissing),
                ElementsAre(HasSubstr("vectors_1: its rows stay in the order in which they came"),
                            HasSubstr("being built")));
    reader->rollback();
  }
  EXPECT_NE(out_of_order(), "0");
  const std::string all = trees();
  testing::sql(url_, "DROP INDEX vectors_1_nearest");
  EXPECT_THAT(build({}, IndexesToBuild::kMissing), ElementsAre(HasSubstr("being built")));
  EXPECT_EQ(out_of_order(), "0");
  EXPECT_EQ(testing::sql(url_,
                         "SELECT (correlation > 0.99)::TEXT FROM pg_stats WHERE tablename = 'vectors_1' "
                         "AND attname = 'category'"),
            "true")
      << "the planner knows of the order";
  EXPECT_EQ(found(), 30U);
}

TEST_F(PostgresIndexTest, IsReplacedWhenTheOptionsChange) {
  fill(0, 50);
  EXPECT_THAT(build({.m = 32, .ef_construction = 128}, IndexesToBuild::kMissing), ElementsAre());
  testing::sql(url_, "CREATE INDEX vectors_1_nearest_new ON vectors_1 (item_id)");
  EXPECT_THAT(build({.m = 32, .ef_construction = 128}),
              ElementsAre(HasSubstr("nearest_new: what an interrupted build left"), HasSubstr("m 32")));
  EXPECT_EQ(options(), "m=32 ef_construction=128");
  EXPECT_EQ(testing::sql(url_, "SELECT count(*)::TEXT FROM pg_class WHERE relname = 'vectors_1_nearest_new'"),
            "0");
  testing::sql(url_,
               "UPDATE pg_index SET indisvalid = FALSE WHERE indexrelid = 'vectors_1_nearest'::regclass");
  EXPECT_EQ(found(), 30U);
  EXPECT_THAT(build({.m = 32, .ef_construction = 128}),
              ElementsAre(HasSubstr("what an interrupted build left"), HasSubstr("being built")));
  EXPECT_TRUE(catalogue_->vector_search()->state(space_.id)->has_index);
}

TEST_F(PostgresIndexTest, SQLiteHasNone) {
  EXPECT_TRUE(drop_empty_indexes("sqlite:///nowhere/x.db", space_));
  EXPECT_TRUE(build_indexes("sqlite:///nowhere/x.db", space_, {}, IndexesToBuild::kMissing, {}));
}

}  // namespace
}  // namespace fit::store
