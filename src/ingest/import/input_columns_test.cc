#include "ingest/import/input_columns.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/temp_dir.h"
#include "catalog/test_support.h"

namespace fit::ingest {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

class InputColumnsTest : public ::testing::Test {
 protected:
  std::vector<InputColumn> columns(std::string_view text, std::vector<std::string> mapping = {},
                                   ImportFormat format = ImportFormat::kTable) {
    ImportOptions options;
    options.mapping = std::move(mapping);
    options.format = format;
    const std::filesystem::path path = folder_.path() / "rows";
    catalog::testing::write_file(path, text);
    auto read = read_columns(path, options);
    EXPECT_TRUE(read) << read.error().describe();
    return read ? *std::move(read) : std::vector<InputColumn>();
  }

  TempDir folder_;
};

TEST_F(InputColumnsTest, NamesAndValuesHintAtFields) {
  const auto found = columns(
      "Art.-Nr.,Bezeichnung,Verkaufspreis (brutto),Größe,Foto 1,x7\n"
      "1,Kleid,12,M,a,https://shop.example/1.jpg\n");
  std::vector<std::string> fields;
  for (const InputColumn& column : found) fields.push_back(column.suggestion);
  EXPECT_THAT(fields, ElementsAre("external_id", "title", "price", "size", "images", ""))
      << "one column gives the images, and a name without a hint has none";
  EXPECT_THAT(found.at(5).samples, ElementsAre("https://shop.example/1.jpg"));
}

TEST_F(InputColumnsTest, AKnownExportNeedsNoMapping) {
  const auto found = columns("Handle,Title,Variant Price,Image Src,Note\nhat,Hat,3,a.jpg,x\n");
  EXPECT_EQ(found.at(0).field, "external_id");
  EXPECT_EQ(found.at(2).field, "price");
  EXPECT_EQ(found.at(3).field, "images");
  EXPECT_FALSE(found.at(4).is_known);
  EXPECT_THAT(suggested_mapping(found), IsEmpty());
}

TEST_F(InputColumnsTest, AMappingDecides) {
  const auto found = columns("key,titel,bild\n1,Hat,a\n", {"key=external_id", "titel="});
  EXPECT_EQ(found.at(0).field, "external_id");
  EXPECT_EQ(found.at(1).field, "");
  EXPECT_EQ(found.at(2).suggestion, "images");
}

TEST_F(InputColumnsTest, MembersOfObjectsAreColumns) {
  const auto found =
      columns("{\"listing_no\":7,\"photos\":[\"a\"],\"sold\":null}\n", {}, ImportFormat::kNdjson);
  ASSERT_EQ(found.size(), 3);
  EXPECT_THAT(found.at(0).samples, ElementsAre("7"));
  EXPECT_THAT(found.at(2).samples, IsEmpty());
}

}  // namespace
}  // namespace fit::ingest
