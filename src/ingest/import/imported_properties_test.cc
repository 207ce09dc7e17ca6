// An import fills open properties.
#include <gtest/gtest.h>

#include "base/format.h"
#include "ingest/import/test_import.h"

namespace fit::ingest {
namespace {

using domain::Origin;
using domain::PropertyOrigin;
using testing::Bench;
using testing::import_file;
using testing::jpeg;
using testing::write_file;

std::size_t index_of(std::string_view property) {
  return *domain::property_index(property);
}

std::string value(const domain::ItemRecord& item, std::string_view property) {
  return item.listing.properties[index_of(property)];
}

PropertyOrigin origin(const domain::ItemRecord& item, std::string_view property) {
  return item.origins[index_of(property)];
}

TEST(ImportedProperties, AreFilledToo) {
  Bench bench;
  bench.embedder.predicts = true;
  std::string csv = "external_id,title,primary_color,image_path\n";
  for (std::uint64_t i = 0; i < 40; ++i) {
    write_file(bench.folder() / "in" / fit::format("{}.jpg", i), jpeg(i));
    csv += fit::format("{},Red cotton dress,{},{}.jpg\n", i, i % 2 == 0 ? "teal" : "", i);
  }
  write_file(bench.folder() / "in" / "a.csv", csv);
  const auto report = import_file(bench, bench.folder() / "in" / "a.csv");
  ASSERT_TRUE(report) << report.error().describe();
  EXPECT_EQ(report->created, 40);
  for (const auto& item : bench.items()) {
    const bool is_given = value(item, "primary_color") == "teal";
    EXPECT_EQ(origin(item, "primary_color").origin, is_given ? Origin::kSeller : Origin::kText);
    EXPECT_EQ(value(item, "material"), "cotton");
    EXPECT_EQ(value(item, "pattern"), "striped");
    EXPECT_EQ(value(item, "subcategory"), "dress");
  }
  EXPECT_EQ(bench.embedder.predicted, 40);
  EXPECT_EQ(import_file(bench, bench.folder() / "in" / "a.csv")->unchanged, 40);

  // The titles change, the images do not.
  for (std::size_t at = 0; (at = csv.find("Red", at)) != std::string::npos;) csv.replace(at, 3, "Blue");
  write_file(bench.folder() / "in" / "a.csv", csv);
  EXPECT_EQ(import_file(bench, bench.folder() / "in" / "a.csv")->updated, 40);
  EXPECT_EQ(bench.embedder.embedded_images, 40);
  for (const auto& item : bench.items()) {
    EXPECT_EQ(value(item, "pattern"), "striped");
    EXPECT_TRUE(value(item, "primary_color") == "teal" || value(item, "primary_color") == "blue");
  }
}

}  // namespace
}  // namespace fit::ingest
