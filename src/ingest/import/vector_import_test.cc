#include "ingest/import/vector_import.h"

#include <gtest/gtest.h>

#include <limits>

#include "base/format.h"
#include "ingest/import/test_import.h"

namespace fit::ingest {
namespace {

using testing::Bench;
using testing::jpeg;
using testing::write_file;

class VectorImportTest : public ::testing::Test {
 protected:
  VectorImportTest() {
    std::string csv = "source,external_id,images\n";
    for (std::uint64_t i = 0; i < 5; ++i) {
      write_file(folder() / fit::format("{}.jpg", i), jpeg(i));
      csv += fit::format("shop,{},{}.jpg\n", i, i);
    }
    csv += "shop,bad,missing.jpg\n";
    write_file(folder() / "items.csv", csv);
    EXPECT_EQ(testing::import_file(bench_, folder() / "items.csv")->created, 5);
  }

  std::filesystem::path folder() const { return bench_.folder() / "in"; }

  Result<VectorImportReport> attach(const std::vector<float>& numbers, const std::string& space = "theirs") {
    const auto bytes = std::as_bytes(std::span(numbers));
    write_file(folder() / "v.f32",
               std::string_view(reinterpret_cast<const char*>(bytes.data()), bytes.size()));
    VectorImportReport report;
    FIT_CHECK(import_vectors(*bench_.store, folder() / "items.csv", {}, {folder() / "v.f32", space}, {}, {},
                             report));
    return report;
  }

  std::int64_t space(const std::string& name) {
    const auto spaces = *bench_.store->spaces().list();
    for (const domain::SpaceRecord& one : spaces) {
      if (one.name == name) return one.id;
    }
    return 0;
  }

  Bench bench_;
};

TEST_F(VectorImportTest, GivesRowsTheirVectors) {
  std::vector<float> numbers;
  for (int row = 0; row < 6; ++row) numbers.insert(numbers.end(), {3, static_cast<float>(row), 0});
  for (int time = 0; time < 2; ++time) {
    const auto report = attach(numbers);
    ASSERT_TRUE(report) << report.error().describe();
    EXPECT_EQ(report->stored, 5);
    EXPECT_EQ(report->missing, 1) << "its picture was rejected";
  }
  const ItemId fourth = bench_.item("shop", "4").id;
  const auto vectors = bench_.store->vectors().of_items(space("theirs"), std::span(&fourth, 1));
  ASSERT_EQ(vectors->size(), 1U);
  EXPECT_EQ(vectors->front().values, (std::vector<float>{0.6F, 0.8F, 0}));
  EXPECT_EQ(*bench_.store->vectors().count(space("theirs")), 5);
}

TEST_F(VectorImportTest, RefusesWhatDoesNotFit) {
  EXPECT_EQ(attach({1, 2, 3, 4}).error().field, "vectors");
  EXPECT_EQ(attach({}).error().field, "vectors");
  EXPECT_EQ(space("theirs"), 0) << "nothing was made";
  std::vector<float> numbers(12, 1);
  numbers[7] = std::numeric_limits<float>::quiet_NaN();
  const auto broken = attach(numbers);
  ASSERT_FALSE(broken);
  EXPECT_EQ(broken.error().message, "row 4 is zero or not finite");
  EXPECT_EQ(attach(std::vector<float>(18, 1)).error().code, ErrorCode::kConflict) << "other dimensions";
  VectorImportReport report;
  EXPECT_EQ(
      import_vectors(*bench_.store, folder() / "items.csv", {}, {folder() / "none", "x"}, {}, {}, report)
          .error()
          .code,
      ErrorCode::kNotFound);
}

}  // namespace
}  // namespace fit::ingest
