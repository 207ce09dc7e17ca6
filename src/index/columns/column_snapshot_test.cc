// Snapshots of columns restore the same columns, and damage is noticed.
#include <gtest/gtest.h>

#include <fstream>
#include <random>

#include "base/format.h"
#include "base/temp_dir.h"
#include "index/columns/column_store.h"
#include "index/columns/test_items.h"

namespace fit::index {
namespace {

class ColumnSnapshotTest : public testing::Test {
 protected:
  static void fill(ColumnStore& columns, bool is_wide) {
    std::mt19937 random(3);
    std::vector<domain::FilterColumns> items;
    for (std::int64_t id = 1; id <= 400; ++id) {
      auto one = item_with("category", id, fit::format("Brand {}", random() % 350),
                           static_cast<double>(random() % 1000), random() % 2 == 0 ? "Dress" : "",
                           random() % 9 == 0 ? "sold" : "active");
      one.listed_at = Timestamp(std::chrono::seconds(1'700'000'000 + random() % 1000));
      if (is_wide && id == 7) one.price = 0.001;
      if (is_wide && id == 8) one.listed_at = Timestamp(std::chrono::microseconds(1));
      items.push_back(std::move(one));
    }
    columns.upsert(items);
    columns.remove(std::vector{ItemId{5}, ItemId{399}});
  }

  static std::string text(const ColumnStore& columns) {
    const std::vector<std::string> names = {"brand", "category", "status", "price"};
    std::string text;
    for (const auto& facet : columns.facets(names, nullptr)) {
      for (const auto& one : facet.values) text += fit::format("{} {}, ", one.value, one.count);
      for (const auto& one : facet.histogram) text += fit::format("{} {}, ", one.from, one.count);
      text += fit::format("others {} missing {}; ", facet.others, facet.missing);
    }
    std::vector<ItemId> all;
    for (std::int64_t id = 1; id <= 401; ++id) all.push_back({id});
    for (const auto& time : columns.listing_times(all)) text += time ? to_rfc3339(*time) : "-";
    for (const std::string& one : columns.property_texts(0, 0)) text += one;
    for (const std::string& one : columns.texts(1, all)) text += one;
    return text + fit::format(" of {}", columns.size());
  }

  std::filesystem::path file() const { return folder_.path() / "columns" / "columns.fitindex"; }
  std::string content() const {
    std::ifstream in(file(), std::ios::binary);
    return {std::istreambuf_iterator<char>(in), {}};
  }
  void put(const std::string& bytes) const {
    std::ofstream(file(), std::ios::binary | std::ios::trunc) << bytes;
  }

  TempDir folder_;
};

TEST_F(ColumnSnapshotTest, RestoresTheSameColumns) {
  for (const bool is_wide : {false, true}) {
    ColumnStore columns;
    fill(columns, is_wide);
    ASSERT_TRUE(columns.save(file(), "catalogue", 77));
    ColumnStore loaded;
    EXPECT_EQ(loaded.load(file(), "catalogue").value(), 77);
    EXPECT_EQ(text(loaded), text(columns));
    // The same update changes both in the same way.
    const auto one = item_with("category", 5, "new", 3, "skirt", "sold");
    for (ColumnStore* const both : {&columns, &loaded}) both->upsert(std::span(&one, 1));
    EXPECT_EQ(text(loaded), text(columns));
  }
}

TEST_F(ColumnSnapshotTest, EmptyColumnsCanBeSaved) {
  ColumnStore columns;
  ASSERT_TRUE(columns.save(file(), "catalogue", 1));
  ColumnStore loaded;
  ASSERT_TRUE(loaded.load(file(), "catalogue"));
  EXPECT_EQ(loaded.size(), 0U);
}

TEST_F(ColumnSnapshotTest, AbsentIsNotFoundAndAnotherCatalogueIsMalformed) {
  ColumnStore columns;
  fill(columns, false);
  const std::string before = text(columns);
  EXPECT_EQ(columns.load(file(), "catalogue").error().code, ErrorCode::kNotFound);
  ASSERT_TRUE(columns.save(file(), "catalogue", 1));
  EXPECT_EQ(columns.load(file(), "another").error().code, ErrorCode::kMalformed);
  EXPECT_EQ(text(columns), before) << "an error leaves the columns as they were";
}

TEST_F(ColumnSnapshotTest, EveryDamageIsNoticed) {
  ColumnStore columns;
  fill(columns, false);
  ASSERT_TRUE(columns.save(file(), "catalogue", 1));
  const std::string whole = content();
  const auto expect_malformed = [&](const std::string& bytes, const std::string& what) {
    put(bytes);
    ColumnStore loaded;
    const auto result = loaded.load(file(), "catalogue");
    ASSERT_FALSE(result) << what;
    EXPECT_EQ(result.error().code, ErrorCode::kMalformed) << what;
    EXPECT_EQ(loaded.size(), 0U);
  };
  for (std::size_t part = 0; part < 40; ++part)
    expect_malformed(whole.substr(0, part * whole.size() / 40), fit::format("cut at {}/40", part));
  expect_malformed(whole + "x", "a byte too many");
  std::mt19937 random(4);
  for (std::size_t byte = 0; byte < whole.size();
       byte += byte < 60 ? 1 : 1 + random() % (whole.size() / 150)) {
    std::string damaged = whole;
    damaged[byte] = static_cast<char>(damaged[byte] ^ (1 << (random() % 8)));
    expect_malformed(damaged, fit::format("byte {} of {}", byte, whole.size()));
  }
  expect_malformed("", "empty");
}

TEST_F(ColumnSnapshotTest, TheTemporaryFileOfACrashIsReplaced) {
  ColumnStore columns;
  fill(columns, false);
  ASSERT_TRUE(columns.save(file(), "catalogue", 1));
  std::ofstream(file().string() + ".tmp", std::ios::binary) << std::string(100'000, 'x');
  ColumnStore loaded;
  ASSERT_TRUE(loaded.load(file(), "catalogue"));
  ASSERT_TRUE(loaded.save(file(), "catalogue", 1));
  EXPECT_FALSE(std::filesystem::exists(file().string() + ".tmp"));
}

}  // namespace
}  // namespace fit::index
