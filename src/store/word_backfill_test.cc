// The words of catalogues that a version without folded words filled.
#include <gtest/gtest.h>

#include "base/format.h"
#include "base/temp_dir.h"
#include "sql/postgres_connection.h"
#include "sql/sqlite_connection.h"
#include "store/catalogue.h"
#include "store/engine.h"
#include "store/test_support.h"
#include "store/words/sqlite_word_score.h"

namespace fit::store {
namespace {

constexpr std::size_t kBefore = 6;  // the number of migrations of that version
constexpr int kItems = 2500;        // more than are indexed while a catalogue is opened

class WordBackfill : public ::testing::TestWithParam<testing::Engine> {
 protected:
  void SetUp() override {
    if (!GetParam().is_available()) GTEST_SKIP() << "there is no " << GetParam().name << " on this machine";
    fill_as_before();
    store_ = *open_catalogue(GetParam().url(folder_), {.busy_timeout = std::chrono::minutes(1)});
  }

  bool is_sqlite() const { return GetParam().name == "sqlite"; }

  std::unique_ptr<sql::SqlConnection> connect() {
    auto connection =
        is_sqlite()
            ? sql::open_sqlite({.path = folder_.path() / "fit.db", .add_functions = &add_word_functions})
            : sql::open_postgres({.url = GetParam().url(folder_)});
    EXPECT_TRUE(connection) << connection.error().describe();
    return *std::move(connection);
  }

  // The first and the last item are "Gr\u00fcne Jacke <number>" of The North Face, with a size.
  void fill_as_before() {
    const auto connection = connect();
    sql::Schema schema = catalogue_schema(is_sqlite() ? sqlite_engine() : postgres_engine());
    schema.migrations = schema.migrations.first(kBefore);
    ASSERT_TRUE(sql::migrate(*connection, schema));
    std::string columns;
    std::string values;
    for (const std::string_view name : domain::kProperties) columns += fit::format(", {}", name);
    for (std::size_t i = 0; i < domain::kProperties.size(); ++i) values += ", ''";
    std::string script = "BEGIN;";
    for (int i = 1; i <= kItems; ++i) {
      const bool is_jacket = i == 1 || i == kItems;
      script += fit::format(
          "INSERT INTO items (id, source, external_id, brand, title, description, size, status, currency, "
          "created_at, "
          "updated_at, content_hash, url{}) VALUES ({}, 'shop', '{}', '{}', '{} {}', '', '{}', 'active', '', "
          "0, 0, '', "
          "''{});",
          columns, i, i, is_jacket ? "The North Face" : "Maker",
          is_jacket ? "Gr\u00fcne Jacke" : "Plain shirt", i, is_jacket ? "EU 42" : "", values);
      if (is_sqlite()) continue;
      script += fit::format(
          "INSERT INTO item_words (item_id, length, words) VALUES ({}, 3, to_tsvector('simple', '{} {}'));",
          i, is_jacket ? "grune jacke" : "plain shirt", i);
    }
    ASSERT_TRUE(connection->run_script(script + "COMMIT;"));
  }

  std::size_t found(const std::string& word) {
    const auto results = store_->words().find({.words = {word}, .among = {}});
    EXPECT_TRUE(results) << results.error().describe();
    return results ? results->hits.size() : 0;
  }

  void finish() {
    for (int batch = 0; batch < 100; ++batch) {
      const auto done = store_->words().backfill(500);
      ASSERT_TRUE(done) << done.error().describe();
      if (done->is_complete) return;
    }
    FAIL() << "the backfill does not end";
  }

  TempDir folder_;
  std::unique_ptr<Catalogue> store_;
};

INSTANTIATE_TEST_SUITE_P(Engines, WordBackfill, ::testing::ValuesIn(testing::empty_engines()),
                         [](const auto& engine) { return engine.param.name; });

TEST_P(WordBackfill, FindsEverythingAfterwards) {
  finish();
  EXPECT_EQ(found("northface"), 2U);
  EXPECT_EQ(found("gruene"), 2U);
  EXPECT_EQ(found("eu42"), 2U);
  EXPECT_EQ(found("shirt"), 200U);
  EXPECT_EQ(store_->words().brands(std::vector<std::string>{"northface", "maker"})->size(), 2U);
  EXPECT_TRUE(store_->words().backfill(10)->is_complete) << "there is nothing left to do";
}

TEST_P(WordBackfill, SearchesWorkMeanwhile) {
  EXPECT_EQ(found("jacke"), 2U) << "by the words of the version before";
  EXPECT_EQ(found("shirt"), 200U);
  const auto first = store_->words().backfill(500);
  ASSERT_TRUE(first);
  EXPECT_FALSE(first->is_complete);
  EXPECT_LT(first->next, kItems - 500);
  EXPECT_EQ(found("jacke"), 2U);
}

TEST_P(WordBackfill, KeepsWhatIsWrittenMeanwhile) {
  ASSERT_TRUE(store_->items().remove(ItemId{1}));
  ASSERT_TRUE(store_->items().remove(ItemId{kItems}));
  domain::ItemWrite changed = testing::make_item(2);
  changed.listing.source = "shop";
  changed.listing.external_id = "2";
  changed.listing.title = "Arc'teryx shell";
  ASSERT_EQ(store_->items().upsert(std::span(&changed, 1))->at(0).id.value, 2);
  domain::ItemWrite added = testing::make_item(5000);
  added.listing.title = "Y-3 qasa";
  ASSERT_TRUE(store_->items().upsert(std::span(&added, 1)));
  EXPECT_EQ(found("teryx"), 1U);
  finish();
  EXPECT_EQ(found("northface"), 0U);
  EXPECT_EQ(found("arcteryx"), 1U);
  EXPECT_EQ(found("y3"), 1U);
  EXPECT_EQ(found("2"), 0U) << "the title before the change";
}

TEST_P(WordBackfill, GoesOnInAnotherProcess) {
  ASSERT_TRUE(store_->words().backfill(500));
  store_ = *open_catalogue(GetParam().url(folder_));
  finish();
  EXPECT_EQ(found("northface"), 2U);
}

}  // namespace
}  // namespace fit::store
