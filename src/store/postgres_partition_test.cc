// A catalogue whose vectors lie in partitions by category: made, converted, checked, and searched.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <random>
#include <span>
#include <thread>

#include "sql/postgres_connection.h"
#include "store/catalogue.h"
#include "store/migrate.h"
#include "store/pgvector/halfvec.h"
#include "store/pgvector/vector_leaves.h"
#include "store/pgvector/vector_search.h"
#include "store/test_postgres.h"
#include "store/test_support.h"

namespace fit::store {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using testing::PostgresCluster;

constexpr int kPartitionDimensions = 8;
constexpr std::string_view kTwo = R"(
[partition.shoes]
categories = ["Shoes", "boots"]
[partition.tops]
categories = ["tops"]
)";

class PostgresPartitionTest : public ::testing::Test {
 protected:
  void SetUp() override {
    if (!PostgresCluster::is_available()) GTEST_SKIP() << "there is no PostgreSQL server on this machine";
    url_ = testing::catalogue_url(folder_);
    catalogue_ = open_catalogue(url_).value();
  }

  Result<void> lay_out(std::string_view toml) {
    FIT_TRY(const VectorLayout layout, parse_layout(toml));
    return lay_out_database(url_, {.wanted = &layout, .graph = {}, .environment = {}}, {});
  }

  std::vector<LayoutStep> missing(std::string_view toml) {
    const VectorLayout layout = parse_layout(toml).value();
    const auto steps = database_layout_steps(url_, {.wanted = &layout, .graph = {}, .environment = {}});
    EXPECT_TRUE(steps) << steps.error().describe();
    return steps.value_or(std::vector<LayoutStep>{});
  }

  std::string text(const std::string& sql) { return testing::sql(url_, sql); }
  std::string count(const std::string& table) { return text("SELECT count(*)::TEXT FROM " + table); }

  domain::SpaceRecord space(const std::string& name = "clip") {
    return catalogue_->spaces().ensure({name, "m", "1", kPartitionDimensions}).value();
  }

  static domain::ItemWrite item(const domain::SpaceRecord& of, int number, const std::string& category) {
    domain::ItemWrite write = testing::make_item(number, of);
    write.listing.properties[domain::kCategory] = category;
    write.content_hash += category;
    return write;
  }

  // Ten each of shoes, boots, tops and hats.
  void fill(const domain::SpaceRecord& of) {
    std::vector<domain::ItemWrite> items;
    const std::vector<std::string> categories = {"Shoes", "boots", "tops", "hats"};
    for (int i = 0; i < 40; ++i) items.push_back(item(of, i, categories[static_cast<std::size_t>(i) % 4]));
    ASSERT_TRUE(catalogue_->items().upsert(items));
  }

  std::vector<domain::Neighbor> nearest(const domain::SpaceRecord& of, const domain::ItemFilter& filter,
                                        std::size_t limit = 100) {
    const auto vector = testing::make_vector(kPartitionDimensions, 5);
    const auto found = catalogue_->vector_search()->nearest(
        {.space_id = of.id, .vector = vector, .limit = limit, .filter = filter});
    EXPECT_TRUE(found) << found.error().describe();
    return found.value_or(std::vector<domain::Neighbor>{});
  }

  static domain::ItemFilter of(std::vector<std::string> categories) {
    domain::ItemFilter filter;
    filter.any_of = {{"category", std::move(categories)}};
    return filter;
  }

  TempDir folder_;
  std::string url_;
  std::unique_ptr<Catalogue> catalogue_;
};

TEST(VectorLayout, ReportsWhatIsWrong) {
  const auto problem = [](std::string_view toml) {
    const auto layout = parse_layout(toml);
    return layout ? std::string() : layout.error().field + " " + layout.error().message;
  };
  EXPECT_EQ(problem(""), "");
  EXPECT_EQ(problem(kTwo), "");
  EXPECT_THAT(problem("[partition.a]"), HasSubstr("partition.a.categories"));
  EXPECT_THAT(problem("[partition.a]\ncategories = []"), HasSubstr("partition.a.categories"));
  EXPECT_THAT(problem("[partition.a]\ncategories = [\"\"]"), HasSubstr("partition.a.categories"));
  EXPECT_THAT(problem("[partition.a]\ncategories = [1]"), HasSubstr("partition.a.categories"));
  EXPECT_THAT(problem("[partition.A]\ncategories = [\"a\"]"), HasSubstr("partition.A must be named"));
  EXPECT_THAT(problem("[partition.\"a; drop\"]\ncategories = [\"a\"]"), HasSubstr("must be named"));
  EXPECT_THAT(problem("[partition.rest]\ncategories = [\"a\"]"), HasSubstr("another name"));
  EXPECT_THAT(problem("[partition.a]\ncategories = [\"a\"]\nm = 3"),
              HasSubstr("partition.a.m is not a known key"));
  EXPECT_THAT(problem("[partition.a]\ncategories = [\"a\", \"A\"]"),
              HasSubstr("'a', which is there already"));
  EXPECT_THAT(problem("[partition.a]\ncategories = [\"a\"]\nshard = \"x\""),
              HasSubstr("there is no [shard.x]"));
  EXPECT_THAT(problem("[shard.x]\nurl = \"postgresql://u@h/d\""), HasSubstr("used by no partition"));
  EXPECT_THAT(problem("[shard.x]"), HasSubstr("shard.x.url is missing"));
  EXPECT_THAT(problem("x = 1"), HasSubstr("x is not a known key"));
  EXPECT_THAT(problem("partition = 1"), HasSubstr("must be tables"));
  EXPECT_THAT(problem("[[partition]]"), HasSubstr("must be tables"));
}

TEST(VectorLayout, ComesBackFromItsText) {
  const VectorLayout layout = parse_layout(kTwo).value();
  const VectorLayout again = layout_of_text(layout_text(layout)).value();
  EXPECT_EQ(again.partitions, layout.partitions);
  EXPECT_THAT(layout.partitions[0].categories, ElementsAre("boots", "shoes"));
}

TEST(VectorLeaves, ReadsBounds) {
  EXPECT_THAT(bound_texts("FOR VALUES IN ('a', 'it''s', 'b,c')"), ElementsAre("a", "it's", "b,c"));
  EXPECT_THAT(bound_texts(R"(FOR VALUES IN (E'a\\b', 'c'))"), ElementsAre("a\\b", "c"));
  EXPECT_THAT(bound_texts("DEFAULT"), ElementsAre());
  EXPECT_THAT(bound_texts("FOR VALUES IN ('"), ElementsAre(""));
}

TEST_F(PostgresPartitionTest, ASpaceIsConvertedAndItsRowsMove) {
  const domain::SpaceRecord clip = space();
  fill(clip);
  const auto before = nearest(clip, {});
  const auto steps = missing(kTwo);
  EXPECT_FALSE(steps.empty());
  EXPECT_EQ(count("pg_inherits WHERE inhparent = 'vectors_1'::regclass"), "0") << "a dry run changes nothing";

  const auto done = lay_out(kTwo);
  ASSERT_TRUE(done) << done.error().describe();
  EXPECT_THAT(missing(kTwo), ElementsAre());
  EXPECT_EQ(count("vectors_1_shoes"), "20");
  EXPECT_EQ(count("vectors_1_tops"), "10");
  EXPECT_EQ(count("vectors_1_rest"), "10");
  for (const char* const leaf : {"shoes", "tops", "rest"}) {
    EXPECT_EQ(
        count(std::string("pg_index WHERE indisvalid AND indrelid = 'vectors_1_") + leaf + "'::regclass"),
        "14");
  }
  const auto after = nearest(clip, {});
  ASSERT_EQ(after.size(), before.size());
  for (std::size_t i = 0; i < after.size(); ++i) EXPECT_EQ(after[i].item, before[i].item);
  EXPECT_TRUE(catalogue_->vector_search()->state(clip.id)->has_index);
  EXPECT_EQ(catalogue_->vector_search()->state(clip.id)->vectors, 40);
}

TEST_F(PostgresPartitionTest, NewSpacesAreMadeSo) {
  ASSERT_TRUE(lay_out(kTwo));
  const domain::SpaceRecord clip = space();
  EXPECT_THAT(missing(kTwo), ElementsAre());
  fill(clip);
  EXPECT_EQ(count("vectors_1_shoes"), "20");
  EXPECT_EQ(nearest(clip, {}).size(), 40U);
  EXPECT_EQ(nearest(clip, of({"SHOES"})).size(), 10U);
  EXPECT_EQ(nearest(clip, of({"shoes", "hats"})).size(), 20U);
  domain::ItemFilter not_shoes;
  not_shoes.none_of = {{"category", {"shoes", "Boots"}}};
  EXPECT_EQ(nearest(clip, not_shoes).size(), 20U);
  EXPECT_EQ(nearest(clip, of({"unheard of"})).size(), 0U);
}

TEST_F(PostgresPartitionTest, VectorsFollowTheirListing) {
  ASSERT_TRUE(lay_out(kTwo));
  const domain::SpaceRecord clip = space();
  const domain::SpaceRecord other = space("other");
  domain::ItemWrite one = item(clip, 1, "tops");
  one.images[0].vectors.push_back({other.id, testing::make_vector(kPartitionDimensions, 9)});
  const ItemId id = catalogue_->items().upsert(std::span(&one, 1))->front().id;
  EXPECT_EQ(count("vectors_1_tops"), "1");

  // Written again with another category: its vector in the other space, which was not given, moves along.
  domain::ItemWrite again = item(clip, 1, "boots");
  ASSERT_TRUE(catalogue_->items().upsert(std::span(&again, 1)));
  for (const char* const parent : {"vectors_1", "vectors_2"}) {
    EXPECT_EQ(count(parent), "1");
    EXPECT_EQ(count(parent + std::string("_shoes")), "1");
  }
  // Properties filled later.
  domain::ItemRecord record = catalogue_->items().get(id).value();
  domain::PropertiesWrite put{
      .expected_version = record.version(), .properties = record.listing.properties, .origins = {}};
  put.properties[domain::kCategory] = "capes";
  ASSERT_EQ(catalogue_->items().put_properties(std::span(&put, 1)).value(), 1);
  EXPECT_EQ(count("vectors_1_rest"), "1");
  EXPECT_EQ(text("SELECT category FROM vectors_2_rest"), "capes");
  // A price alone.
  again.listing.properties[domain::kCategory] = "tops";
  again.listing.price = 3;
  again.content_hash = "other";
  ASSERT_TRUE(catalogue_->items().upsert(std::span(&again, 1)));
  again.listing.price = 4;
  again.content_hash = "another";
  ASSERT_TRUE(catalogue_->items().upsert(std::span(&again, 1)));
  EXPECT_EQ(text("SELECT price::TEXT FROM vectors_2_tops"), "4");
  const std::vector<VectorWrite> vectors = {
      {catalogue_->items().get(id)->images[0].id, testing::make_vector(kPartitionDimensions, 3)}};
  ASSERT_TRUE(catalogue_->vectors().put(other.id, vectors));
  EXPECT_EQ(count("vectors_2"), "1");
  EXPECT_EQ(catalogue_->vectors().of_items(other.id, std::span(&id, 1))->size(), 1U);
  ASSERT_TRUE(catalogue_->items().remove(id));
  EXPECT_EQ(count("vectors_1"), "0");
  EXPECT_EQ(count("vectors_2"), "0");
}

TEST_F(PostgresPartitionTest, APartitionIsAddedLater) {
  ASSERT_TRUE(lay_out(kTwo));
  const domain::SpaceRecord clip = space();
  fill(clip);
  EXPECT_EQ(nearest(clip, of({"hats"})).size(), 10U) << "the tables are known now";
  const std::string three = std::string(kTwo) + "[partition.hats]\ncategories = [\"hats\"]\n";
  ASSERT_TRUE(lay_out(three));
  EXPECT_EQ(count("vectors_1_hats"), "10");
  EXPECT_EQ(count("vectors_1_rest"), "0");
  // The process that knew the old tables loses no row.
  EXPECT_EQ(nearest(clip, of({"hats"})).size(), 10U);
  EXPECT_EQ(nearest(clip, {}).size(), 40U);
  EXPECT_EQ(count("pg_proc WHERE proname LIKE 'fit_mirror%'"), "0");
}

// What is written between the copy of the rows and the change of tables is there too; and what an interrupted
// run left is gone on with.
TEST_F(PostgresPartitionTest, ContinuesWhereItWasInterrupted) {
  const domain::SpaceRecord clip = space();
  fill(clip);
  const VectorLayout layout = parse_layout(kTwo).value();
  const LayoutRun run{.wanted = &layout, .graph = {}, .environment = {}};
  const auto steps = database_layout_steps(url_, run).value();
  for (std::size_t stop = 1; stop < steps.size(); ++stop) {
    if (!steps[stop].what.starts_with("index vectors_1_tops_nearest")) continue;
    std::size_t done = 0;
    EXPECT_THROW((void)lay_out_database(url_, run,
                                        [&](const LayoutStep&) {
                                          if (done++ == stop) throw std::runtime_error("power cut");
                                        }),
                 std::runtime_error);
  }
  // An index that was not finished.
  text("UPDATE pg_index SET indisvalid = FALSE WHERE indexrelid = 'vectors_1_tops_by_brand'::regclass");
  EXPECT_EQ(nearest(clip, {}).size(), 40U);
  domain::ItemWrite moved = item(clip, 2, "hats");  // were tops
  domain::ItemWrite came = item(clip, 3, "tops");   // were hats
  domain::ItemWrite added = item(clip, 100, "tops");
  for (const domain::ItemWrite& one : {moved, came, added})
    ASSERT_TRUE(catalogue_->items().upsert(std::span(&one, 1)));
  ASSERT_TRUE(catalogue_->items().remove(
      catalogue_->items().find(std::vector<domain::ItemKey>{{"test", "listing-00000006"}})->front()->id));

  const auto rest = missing(kTwo);
  EXPECT_TRUE(std::ranges::any_of(rest, [](const LayoutStep& step) {
    return step.what == "index vectors_1_tops_by_brand (an unfinished one is removed first)";
  }));
  const auto done = lay_out(kTwo);
  ASSERT_TRUE(done) << done.error().describe();
  EXPECT_EQ(count("vectors_1_tops"), "10");  // one moved, one came, one was added, one was removed
  EXPECT_EQ(count("vectors_1"), "40");
  EXPECT_EQ(nearest(clip, of({"tops"})).size(), 10U);
  EXPECT_THAT(missing(kTwo), ElementsAre());
}

TEST_F(PostgresPartitionTest, RefusesALayoutThatDisagrees) {
  space();
  ASSERT_TRUE(lay_out(kTwo));
  const auto refusal = [&](std::string_view toml) {
    const auto done = lay_out(toml);
    EXPECT_FALSE(done);
    if (done) return std::string();
    EXPECT_EQ(done.error().code, ErrorCode::kConflict);
    EXPECT_EQ(done.error().field, "layout");
    return done.error().message;
  };
  EXPECT_THAT(refusal("[partition.shoes]\ncategories = [\"shoes\", \"boots\"]"), HasSubstr("partition tops"));
  EXPECT_THAT(
      refusal("[partition.shoes]\ncategories = [\"shoes\"]\n[partition.tops]\ncategories = [\"tops\"]"),
      HasSubstr("boots, shoes in the database and shoes in the file"));
  text("ALTER TABLE vectors_1 DETACH PARTITION vectors_1_tops");
  text("ALTER TABLE vectors_1 ATTACH PARTITION vectors_1_tops FOR VALUES IN ('tees')");
  EXPECT_THAT(refusal(kTwo), HasSubstr("vectors_1_tops has the categories tees"));
  const VectorLayout layout = parse_layout(kTwo).value();
  const std::string sqlite = testing::sqlite_url(folder_);
  EXPECT_TRUE(lay_out_database(sqlite, {.wanted = nullptr, .graph = {}, .environment = {}}, {}));
  EXPECT_EQ(lay_out_database(sqlite, {.wanted = &layout, .graph = {}, .environment = {}}, {}).error().field,
            "layout");
}

// Each partition by its graph, merged: as good as comparing all.
TEST_F(PostgresPartitionTest, MergesTheResultsOfPartitions) {
  ASSERT_TRUE(lay_out(kTwo));
  const domain::SpaceRecord clip = space();
  const std::vector<std::string> categories = {"shoes", "tops", "hats"};
  std::vector<domain::ItemWrite> items;
  std::mt19937 random(3);
  for (int i = 0; i < 12'000; ++i) {
    items.push_back(item(clip, i, categories[random() % 3]));
    if (i % 10 == 0) items.back().images.push_back(testing::make_image(i + 100'000));
    items.back().images.back().vectors = {{clip.id, testing::make_vector(kPartitionDimensions, random())}};
  }
  constexpr std::size_t kAtOnce = 1'000;  // a slow machine needs longer for all than a statement may take
  for (std::size_t i = 0; i < items.size(); i += kAtOnce) {
    ASSERT_TRUE(catalogue_->items().upsert(std::span(items).subspan(i, kAtOnce)));
  }
  text("ANALYZE vectors_1_shoes");
  text("ANALYZE vectors_1_tops");
  text("ANALYZE vectors_1_rest");
  catalogue_ = open_catalogue(url_).value();
  const auto exact = [&](const std::vector<float>& vector, const std::string& where) {
    std::vector<std::int64_t> found;
    const auto connection = sql::open_postgres({.url = url_}).value();
    std::string buffer;
    EXPECT_TRUE(
        connection->query("SELECT item_id FROM (SELECT item_id, min(embedding <=> $1) AS d FROM vectors_1 "
                          "WHERE status = 'active'" +
                              where + " GROUP BY 1 OFFSET 0) a ORDER BY d LIMIT 20",
                          {halfvec_format().encode(vector, buffer).value()},
                          [&](const sql::SqlRow& row) { found.push_back(row.integer(0)); }));
    return found;
  };
  std::size_t met = 0;
  std::size_t wanted = 0;
  for (int round = 0; round < 40; ++round) {
    const auto vector = testing::make_vector(kPartitionDimensions, 1000 + static_cast<std::uint64_t>(round));
    domain::ItemFilter filter;
    std::string where;
    if (round % 4 == 1) filter.any_of = {{"category", {"tops"}}}, where = " AND category = 'tops'";
    if (round % 4 == 2)
      filter.any_of = {{"category", {"tops", "hats"}}}, where = " AND category IN ('tops', 'hats')";
    if (round % 4 == 3)
      filter.any_of = {{"brand", {"gap"}}}, filter.min_price = 200,
      where = " AND brand = 'gap' AND price >= 200";
    const auto found = catalogue_->vector_search()->nearest(
        {.space_id = clip.id, .vector = vector, .limit = 20, .filter = filter});
    ASSERT_TRUE(found) << found.error().describe();
    EXPECT_EQ(found->size(), 20U);
    const auto best = exact(vector, where);
    wanted += best.size();
    for (const domain::Neighbor& one : *found) met += std::ranges::contains(best, one.item.value) ? 1 : 0;
  }
  EXPECT_GE(static_cast<double>(met) / static_cast<double>(wanted), 0.97);
}

}  // namespace
}  // namespace fit::store
