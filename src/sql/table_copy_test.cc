#include "sql/table_copy.h"

#include <gtest/gtest.h>

#include <array>
#include <memory>
#include <string>

#include "base/temp_dir.h"
#include "sql/sqlite_connection.h"

namespace fit::sql {
namespace {

constexpr auto kIntegers = std::to_array<std::string_view>({"id", "size"});
constexpr auto kTexts = std::to_array<std::string_view>({"name", "note"});
constexpr auto kReals = std::to_array<std::string_view>({"weight"});
constexpr auto kBytes = std::to_array<std::string_view>({"data"});
constexpr CopiedTable kThings{"things", kIntegers, kTexts, kReals, kBytes};

class TableCopyTest : public ::testing::Test {
 protected:
  void SetUp() override {
    for (SqlConnection* const connection : {from_.get(), to_.get()}) {
      ASSERT_TRUE(connection->run_script(
          "CREATE TABLE things (id BIGINT NOT NULL PRIMARY KEY, size BIGINT, name TEXT NOT NULL, note TEXT, "
          "weight DOUBLE PRECISION, data BLOB);"));
    }
    ASSERT_TRUE(
        from_->run_script("INSERT INTO things VALUES (1, 7, 'one', '', 0.5, x'00ff'), (2, NULL, 'two', "
                          "NULL, NULL, NULL), (3, 0, 'three', 'x', 0, x'');"));
  }

  // The rows of the copy as text, NULL as "-".
  std::string copied() {
    std::string rows;
    EXPECT_TRUE(to_->query(
        "SELECT id || ':' || COALESCE(size, '-') || ':' || name || ':' || COALESCE(note, '-') || ':' || "
        "COALESCE(weight, '-') || ':' || CASE WHEN data IS NULL THEN '-' ELSE hex(data) END FROM things "
        "ORDER BY id",
        {}, [&rows](const SqlRow& row) { rows += std::string(row.text(0)) + "\n"; }));
    return rows;
  }

  TempDir folder_;
  std::unique_ptr<SqlConnection> from_ = open_sqlite({.path = folder_.path() / "from.db"}).value();
  std::unique_ptr<SqlConnection> to_ = open_sqlite({.path = folder_.path() / "to.db"}).value();
};

TEST_F(TableCopyTest, NullStaysNullAndAnEmptyTextStaysEmpty) {
  EXPECT_EQ(copy_table_rows(*from_, *to_, kThings).value(), 3);
  EXPECT_EQ(copied(), "1:7:one::0.5:00FF\n2:-:two:-:-:-\n3:0:three:x:0.0:\n");
}

TEST_F(TableCopyTest, CopiesWhatTheConditionSelects) {
  const std::array<SqlValue, 1> first = {std::int64_t{2}};
  EXPECT_EQ(copy_table_rows(*from_, *to_, kThings, "WHERE id >= $1 ORDER BY id LIMIT 1", first).value(), 1);
  EXPECT_EQ(copied(), "2:-:two:-:-:-\n");
}

TEST_F(TableCopyTest, AChangeAltersRowsAndLeavesThemOut) {
  const auto copies = copy_table_rows(*from_, *to_, kThings, {}, {}, [](std::span<SqlValue> row) {
    auto& id = std::get<std::int64_t>(row[0]);
    id *= 10;
    return id != 20;
  });
  EXPECT_EQ(copies.value(), 2);
  EXPECT_EQ(copied(), "10:7:one::0.5:00FF\n30:0:three:x:0.0:\n");
}

TEST_F(TableCopyTest, ARowThatCannotBeInsertedIsAnError) {
  ASSERT_TRUE(to_->run_script("INSERT INTO things (id, name) VALUES (2, 'mine');"));
  EXPECT_FALSE(copy_table_rows(*from_, *to_, kThings));
}

}  // namespace
}  // namespace fit::sql
