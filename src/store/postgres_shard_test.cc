// Partitions on other servers: two real ones, one of which goes away and comes back.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <ranges>

#include <fstream>
#include <iterator>

#include "sql/postgres_connection.h"
#include "sql/postgres_error.h"
#include "store/backup.h"
#include "store/catalogue.h"
#include "store/migrate.h"
#include "store/pgvector/postgres_index.h"
#include "store/pgvector/vector_search.h"
#include "store/test_postgres.h"
#include "store/test_support.h"

namespace fit::store {
namespace {

using ::testing::AllOf;
using ::testing::ContainsRegex;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;
using testing::PostgresCluster;

constexpr int kShardDimensions = 8;

class PostgresShardTest : public ::testing::Test {
 protected:
  void SetUp() override {
    if (!PostgresCluster::is_available()) GTEST_SKIP() << "there is no PostgreSQL server on this machine";
    shard_ = std::make_unique<PostgresCluster>(PostgresCluster::Options{.settings = {"log_statement=all"}});
    shard_->sql("CREATE DATABASE fit");
    url_ = testing::catalogue_url(folder_);
    catalogue_ = open_catalogue(url_).value();
    space_ = catalogue_->spaces().ensure({"clip", "m", "1", kShardDimensions}).value();
  }

  std::string layout() const {
    return "[partition.shoes]\ncategories = [\"shoes\"]\n[partition.tops]\ncategories = [\"tops\"]\nshard = "
           "\"east\"\n"
           "[shard.east]\nurl = \"" +
           shard_->url("fit") + "\"\n";
  }

  Result<void> lay_out(const std::string& toml, std::vector<LayoutStep>* told = nullptr,
                       const std::string& password = {}) {
    FIT_TRY(const VectorLayout wanted, parse_layout(toml));
    const LayoutRun run{.wanted = &wanted, .graph = {}, .environment = [password](const std::string& name) {
                          return name == "EAST_PASSWORD" && !password.empty() ? std::optional(password)
                                                                              : std::nullopt;
                        }};
    return lay_out_database(url_, run, [told](const LayoutStep& step) {
      if (told != nullptr) told->push_back(step);
    });
  }

  std::vector<LayoutStep> missing() {
    const auto steps = database_layout_steps(url_, {.wanted = nullptr, .graph = {}, .environment = {}});
    EXPECT_TRUE(steps) << steps.error().describe();
    return steps.value_or(std::vector<LayoutStep>{});
  }

  std::string count(const std::string& table) {
    return testing::sql(url_, "SELECT count(*)::TEXT FROM " + table);
  }
  std::string on_shard(const std::string& sql) { return shard_->sql(sql, "fit"); }

  domain::ItemWrite item(int number, const std::string& category) {
    domain::ItemWrite write = testing::make_item(number, space_);
    write.listing.properties[domain::kCategory] = category;
    write.content_hash += category;
    return write;
  }

  Result<std::vector<UpsertOutcome>> put(const domain::ItemWrite& one) {
    return catalogue_->items().upsert(std::span(&one, 1));
  }

  void fill(int count) {
    const std::vector<std::string> categories = {"shoes", "tops", "hats"};
    std::vector<domain::ItemWrite> items;
    for (int i = 0; i < count; ++i) items.push_back(item(i, categories[static_cast<std::size_t>(i) % 3]));
    for (const auto batch : items | std::views::chunk(500)) {
      const auto written = catalogue_->items().upsert(batch);
      ASSERT_TRUE(written) << written.error().describe();
    }
  }

  Result<std::vector<domain::Neighbor>> nearest(std::vector<std::string> categories,
                                                std::size_t limit = 1000) {
    const auto vector = testing::make_vector(kShardDimensions, 5);
    domain::ItemFilter filter;
    if (!categories.empty()) filter.any_of = {{"category", std::move(categories)}};
    return catalogue_->vector_search()->nearest(
        {.space_id = space_.id, .vector = vector, .limit = limit, .filter = filter});
  }

  std::string shard_log() const {
    std::ifstream file(shard_->folder() / "log");
    return {std::istreambuf_iterator<char>(file), {}};
  }

  std::unique_ptr<PostgresCluster> shard_;
  TempDir folder_;
  std::string url_;
  std::unique_ptr<Catalogue> catalogue_;
  domain::SpaceRecord space_;
};

TEST_F(PostgresShardTest, HoldsItsPartAndFollowsEveryWrite) {
  fill(60);
  const auto before = nearest({}).value();
  const auto done = lay_out(layout());
  ASSERT_TRUE(done) << done.error().describe();
  EXPECT_THAT(missing(), ElementsAre());
  EXPECT_EQ(on_shard("SELECT count(*)::TEXT FROM vectors_1_tops"), "20");
  EXPECT_EQ(
      on_shard(
          "SELECT count(*)::TEXT FROM pg_index WHERE indisvalid AND indrelid = 'vectors_1_tops'::regclass"),
      "14");
  EXPECT_EQ(count("vectors_1_rest"), "20");
  const auto after = nearest({}).value();
  ASSERT_EQ(after.size(), 60U);
  for (std::size_t i = 0; i < after.size(); ++i) EXPECT_EQ(after[i].item, before[i].item) << i;
  EXPECT_EQ(nearest({"tops"})->size(), 20U);
  EXPECT_EQ(nearest({"tops", "hats"})->size(), 40U);
  EXPECT_EQ(nearest({"tops"}, 7)->size(), 7U);

  // New ones, singly and by COPY.
  const ItemId one = put(item(100, "tops"))->front().id;
  EXPECT_EQ(on_shard("SELECT count(*)::TEXT FROM vectors_1_tops"), "21");
  std::vector<domain::ItemWrite> many;
  for (int i = 200; i < 250; ++i) many.push_back(item(i, i % 2 == 0 ? "tops" : "shoes"));
  ASSERT_TRUE(catalogue_->items().upsert(many));
  EXPECT_EQ(on_shard("SELECT count(*)::TEXT FROM vectors_1_tops"), "46");
  EXPECT_EQ(on_shard("SELECT brand FROM vectors_1_tops WHERE item_id = " + one.str()), "gap");
  // Another price, and another category: out of the shard, and into it.
  domain::ItemWrite changed = item(100, "tops");
  changed.listing.price = 77;
  changed.content_hash = "1";
  ASSERT_TRUE(put(changed));
  EXPECT_EQ(on_shard("SELECT price::TEXT FROM vectors_1_tops WHERE item_id = " + one.str()), "77");
  changed.listing.properties[domain::kCategory] = "shoes";
  changed.content_hash = "2";
  changed.images[0].vectors.clear();
  ASSERT_TRUE(put(changed));
  EXPECT_EQ(on_shard("SELECT count(*)::TEXT FROM vectors_1_tops WHERE item_id = " + one.str()), "0");
  EXPECT_EQ(count("vectors_1_shoes WHERE item_id = " + one.str()), "1");
  changed.listing.properties[domain::kCategory] = "tops";
  changed.content_hash = "3";
  ASSERT_TRUE(put(changed));
  EXPECT_EQ(count("vectors_1 WHERE item_id = " + one.str()), "1");
  EXPECT_EQ(on_shard("SELECT count(*)::TEXT FROM vectors_1_tops WHERE item_id = " + one.str()), "1");
  EXPECT_EQ(catalogue_->vectors().of_items(space_.id, std::span(&one, 1))->size(), 1U);
  const std::vector<VectorWrite> vectors = {
      {catalogue_->items().get(one)->images[0].id, testing::make_vector(kShardDimensions, 3)}};
  ASSERT_TRUE(catalogue_->vectors().put(space_.id, vectors));
  EXPECT_EQ(on_shard("SELECT count(*)::TEXT FROM vectors_1_tops WHERE item_id = " + one.str()), "1");
  EXPECT_THAT(*catalogue_->vectors().images_without(space_.id, ImageId{}, 10), ElementsAre());
  EXPECT_EQ(catalogue_->vectors().count(space_.id).value(), 111);
  EXPECT_EQ(catalogue_->vectors().list(space_.id, ImageId{}, 500)->size(), 111U);
  // Another image, and none at all.
  changed.images = {testing::make_image(5000)};
  changed.content_hash = "4";
  ASSERT_TRUE(put(changed));
  EXPECT_EQ(on_shard("SELECT count(*)::TEXT FROM vectors_1_tops WHERE item_id = " + one.str()), "0");
  const ItemId gone = nearest({"tops"}, 1)->front().item;
  ASSERT_TRUE(catalogue_->items().remove(gone));
  EXPECT_EQ(on_shard("SELECT count(*)::TEXT FROM vectors_1_tops WHERE item_id = " + gone.str()), "0");

  // A new model's space has the shard's partition with the next migration.
  const domain::SpaceRecord other =
      catalogue_->spaces().ensure({"other", "m", "1", kShardDimensions}).value();
  domain::ItemWrite two = item(300, "tops");
  two.images[0].vectors.push_back({other.id, testing::make_vector(kShardDimensions, 4)});
  ASSERT_TRUE(put(two));
  EXPECT_EQ(count("vectors_2_rest"), "1");
  EXPECT_FALSE(missing().empty());
  ASSERT_TRUE(lay_out(layout()));
  EXPECT_EQ(on_shard("SELECT count(*)::TEXT FROM vectors_2_tops"), "1");

  const TempDir backup;
  const auto saved = dump_database(url_, backup.path(), {}, {});
  ASSERT_FALSE(saved);
  EXPECT_THAT(saved.error().message, HasSubstr("fit copy"));
}

TEST_F(PostgresShardTest, IsSentOrderAndLimit) {
  fill(9'900);
  ASSERT_TRUE(lay_out(layout()));
  ASSERT_EQ(nearest({"tops"}, 20)->size(), 20U);
  ASSERT_EQ(nearest({}, 20)->size(), 20U);
  EXPECT_THAT(
      shard_log(),
      ContainsRegex(
          "ORDER BY \\(embedding OPERATOR\\(public.<=>\\) '[^']*'\\) ASC NULLS LAST LIMIT 20::bigint"));
  const std::string vector = "'[1,0,0,0,0,0,0,0]'";
  const std::string question =
      "FROM vectors_1_tops v WHERE v.category = 'tops' AND v.status = 'active' "
      "ORDER BY v.embedding <=> " +
      vector + " LIMIT 20";
  const auto plan = [](const std::string& url, const std::string& sql) {
    std::string lines;
    const auto connection = sql::open_postgres({.url = url}).value();
    EXPECT_TRUE(connection->query(sql, {},
                                  [&](const sql::SqlRow& row) { lines += std::string(row.text(0)) + "\n"; }));
    return lines;
  };
  EXPECT_THAT(
      plan(url_, "EXPLAIN (VERBOSE) SELECT item_id " + question),
      AllOf(HasSubstr("Foreign Scan"), HasSubstr("ORDER BY"), HasSubstr("LIMIT 20"), Not(HasSubstr("Sort"))));
  EXPECT_THAT(plan(shard_->url("fit"), "EXPLAIN DECLARE c CURSOR FOR SELECT item_id " + question),
              HasSubstr("vectors_1_tops_nearest"));
  // What is asked of all that match is sorted there too.
  const auto few = testing::make_vector(kShardDimensions, 5);
  domain::ItemFilter filter;
  filter.any_of = {{"category", {"tops"}}, {"size", {"L"}}};
  filter.min_price = 254;
  EXPECT_FALSE(catalogue_->vector_search()
                   ->nearest({.space_id = space_.id, .vector = few, .limit = 50, .filter = filter})
                   ->empty());
}

TEST_F(PostgresShardTest, OtherPartitionsAreSearchedWithoutIt) {
  fill(60);
  ASSERT_TRUE(lay_out(layout()));
  ASSERT_EQ(nearest({})->size(), 60U);
  const ItemId shoe = nearest({"shoes"}, 1)->front().item;
  const ItemId top = nearest({"tops"}, 1)->front().item;
  shard_->stop();
  for (int round = 0; round < 8; ++round) {
    for (const auto& categories : {std::vector<std::string>{}, {"tops"}, {"tops", "shoes"}}) {
      const auto failed = nearest(categories);
      ASSERT_FALSE(failed);
      EXPECT_EQ(failed.error().code, ErrorCode::kUnavailable);
      EXPECT_THAT(failed.error().message, HasSubstr("shard"));
      if (round > 0) {
        EXPECT_THAT(failed.error().message, HasSubstr("the shard east"));
      }
    }
    EXPECT_EQ(nearest({"shoes"})->size(), 20U + static_cast<std::size_t>(round));
    EXPECT_EQ(nearest({"hats"})->size(), 20U);
    const auto written = put(item(1000 + round, "shoes"));
    EXPECT_TRUE(written) << written.error().describe();
    domain::ItemWrite again = item(1000 + round, "shoes");
    again.listing.price = 3;
    again.content_hash = "x";
    EXPECT_TRUE(put(again));
    const auto items = catalogue_->items().counts()->items;
    const auto refused = put(item(2000 + round, "tops"));
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code, ErrorCode::kUnavailable);
    EXPECT_EQ(catalogue_->items().counts()->items, items) << "nothing of it was written";
    EXPECT_EQ(catalogue_->vectors().of_items(space_.id, std::span(&shoe, 1))->size(), 1U);
    EXPECT_FALSE(catalogue_->vectors().of_items(space_.id, std::span(&top, 1)));
    EXPECT_TRUE(catalogue_->items().get(top)) << "its record is here";
  }
  std::vector<domain::ItemWrite> many;
  for (int i = 3000; i < 3050; ++i) many.push_back(item(i, "hats"));
  const auto copied = catalogue_->items().upsert(many);
  EXPECT_TRUE(copied) << copied.error().describe();
  shard_->start();
  const auto found = nearest({});
  ASSERT_TRUE(found) << found.error().describe();
  EXPECT_EQ(found->size(), 118U);
  EXPECT_TRUE(put(item(2000, "tops")));
}

TEST_F(PostgresShardTest, ReportsWhatIsWrongWithIt) {
  const auto refusal = [&](const std::string& toml) {
    const auto done = lay_out(toml);
    EXPECT_FALSE(done);
    if (done) return Error{};
    EXPECT_EQ(done.error().field, "layout");
    EXPECT_THAT(done.error().describe(), Not(HasSubstr("s3cret")));
    return done.error();
  };
  const std::string start = "[partition.tops]\ncategories = [\"tops\"]\nshard = \"east\"\n[shard.east]\n";
  EXPECT_THAT(refusal(start + "url = \"postgresql://u:s3cret@[::1\"").message, HasSubstr("shard.east.url"));
  EXPECT_THAT(refusal(start + "url = \"postgresql:///fit\"").message, HasSubstr("must name a host"));
  EXPECT_THAT(refusal(start + "url = \"postgresql://u:s3cret@h/d\"\npassword_env = \"NOT_SET\"").message,
              HasSubstr("NOT_SET, which is not set"));
  const Error down = refusal(start + "url = \"postgresql://u:s3cret@127.0.0.1:1/d\"");
  EXPECT_EQ(down.code, ErrorCode::kUnavailable);
  EXPECT_THAT(down.message, HasSubstr("shard east"));
  on_shard("CREATE TABLE vectors_1_tops (id INT)");
  EXPECT_THAT(refusal(layout()).message, HasSubstr("does not belong to this catalogue"));
}

TEST_F(PostgresShardTest, PasswordsStaySecretAndCanBeChanged) {
  on_shard("CREATE EXTENSION vector");
  on_shard("CREATE ROLE shop LOGIN PASSWORD 's3cret'");
  on_shard("GRANT ALL ON SCHEMA public TO shop");
  std::ofstream(shard_->folder() / "data/pg_hba.conf")
      << "local all postgres trust\nlocal all all scram-sha-256\n";
  shard_->stop();
  shard_->start();
  std::string toml = layout();
  toml.replace(toml.find("postgres@"), 9, "shop@");
  toml += "password_env = \"EAST_PASSWORD\"\n";
  fill(6);
  std::vector<LayoutStep> told;
  const auto wrong = lay_out(toml, &told, "wr0ng");
  ASSERT_FALSE(wrong);
  EXPECT_THAT(wrong.error().message, AllOf(HasSubstr("shard east"), HasSubstr("password")));
  const auto done = lay_out(toml, &told, "s3cret");
  ASSERT_TRUE(done) << done.error().describe();
  for (const LayoutStep& step : told) {
    for (const std::string& sql : step.statements) EXPECT_THAT(sql, Not(HasSubstr("s3cret")));
  }
  EXPECT_EQ(testing::sql(url_, "SELECT count(*)::TEXT FROM store_meta WHERE value LIKE '%s3cret%'"), "0");
  EXPECT_EQ(nearest({})->size(), 6U);
  on_shard("ALTER ROLE shop PASSWORD 'n3w'");
  told.clear();
  ASSERT_TRUE(lay_out(toml, &told, "n3w"));
  ASSERT_EQ(told.size(), 1U);
  EXPECT_THAT(told[0].statements, ElementsAre(AllOf(HasSubstr("ALTER USER MAPPING"), HasSubstr("********"))));
  catalogue_ = open_catalogue(url_).value();
  EXPECT_EQ(nearest({"tops"})->size(), 2U);
}

TEST(PostgresShardError, NamesTheShard) {
  const Error error = sql::postgres_error("08001", "could not connect to server \"fit_east\"");
  EXPECT_EQ(error.code, ErrorCode::kUnavailable);
  EXPECT_THAT(error.message, HasSubstr("the shard east"));
  EXPECT_THAT(sql::postgres_error("57P01", "terminating\nCONTEXT:  remote SQL command: FETCH").message,
              HasSubstr("a shard"));
  EXPECT_THAT(sql::postgres_error("57P01", "terminating").message, Not(HasSubstr("shard")));
}

TEST_F(PostgresShardTest, GraphsOfShardsAreBuiltThere) {
  fill(60);
  ASSERT_TRUE(lay_out(layout()));
  const auto options = [this] {
    return on_shard(
        "SELECT COALESCE((SELECT array_to_string(reloptions, ' ') FROM pg_class WHERE oid = "
        "to_regclass('vectors_1_tops_nearest')), 'none')");
  };
  std::vector<std::string> told;
  const auto build = [&](IndexesToBuild which) {
    told.clear();
    return build_indexes(url_, space_, {.m = 24, .ef_construction = 96}, which,
                         [&](const std::string& what) { told.push_back(what); });
  };
  ASSERT_TRUE(build(IndexesToBuild::kMissing));
  EXPECT_THAT(options(), Not(HasSubstr("m=24")));
  const auto done = build(IndexesToBuild::kMissingAndOutdated);
  ASSERT_TRUE(done) << done.error().describe();
  EXPECT_THAT(told, ElementsAre(HasSubstr("vectors_1_rest_nearest"), HasSubstr("vectors_1_shoes_nearest"),
                                AllOf(HasSubstr("vectors_1_tops_nearest"), HasSubstr("m 24"),
                                      HasSubstr("on shard east"))));
  EXPECT_EQ(options(), "m=24 ef_construction=96");
  EXPECT_EQ(nearest({})->size(), 60U);
  EXPECT_THAT(missing(), ElementsAre());
  ASSERT_TRUE(build(IndexesToBuild::kMissingAndOutdated));
  EXPECT_THAT(told, ElementsAre()) << "all is as it should be";

  shard_->stop();
  const auto lost = build(IndexesToBuild::kMissingAndOutdated);
  ASSERT_FALSE(lost);
  EXPECT_EQ(lost.error().code, ErrorCode::kUnavailable);
  EXPECT_THAT(lost.error().message, HasSubstr("shard east"));
}

}  // namespace
}  // namespace fit::store
