#include "ingest/import/xml_records.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/format.h"
#include "base/input_file.h"
#include "base/temp_dir.h"
#include "catalog/test_support.h"

namespace fit::ingest {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::Pair;
using ::testing::SizeIs;

class XmlRecordsTest : public ::testing::Test {
 protected:
  std::vector<XmlRecord> read(std::string_view document) {
    catalog::testing::write_file(folder_.path() / "a.xml", document);
    auto records =
        XmlRecords::open(std::make_unique<InputFile>(InputFile::open(folder_.path() / "a.xml").value()))
            .value();
    std::vector<XmlRecord> all;
    for (;;) {
      auto record = records.next();
      is_broken_ = !record;
      if (!record || !*record) break;
      all.push_back(**std::move(record));
    }
    damage_ = records.damage();
    return all;
  }

  TempDir folder_;
  bool is_broken_ = false;
  std::string damage_;
};

TEST_F(XmlRecordsTest, ItemsWithAttributesListsAndNestedElements) {
  const auto records = read(
      "<feed><title>Shop</title>\n<entry id=\"7\"><title>Coat</title><link href=\"https://x/1\"/>"
      "<photos><photo>1.jpg</photo><photo "
      "url=\"2.jpg\"/></photos><author><name>Ann</name></author></entry></feed>");
  ASSERT_THAT(records, SizeIs(1));
  EXPECT_EQ(records[0].line, 2);
  EXPECT_THAT(records[0].fields,
              ElementsAre(Pair("id", "7"), Pair("title", "Coat"), Pair("link", "https://x/1"),
                          Pair("photos", "1.jpg"), Pair("photos", "2.jpg")));
}

TEST_F(XmlRecordsTest, EntitiesOfTheDocumentAreNotExpandedAndFilesNotOpened) {
  catalog::testing::write_file(folder_.path() / "secret.txt", std::string_view("secret"));
  const std::string document =
      "<?xml version=\"1.0\"?><!DOCTYPE rss [<!ENTITY a \"aaaaaaaaaa\"><!ENTITY b "
      "\"&a;&a;&a;&a;&a;&a;&a;&a;\">"
      "<!ENTITY c \"&b;&b;&b;&b;&b;&b;&b;&b;\"><!ENTITY file SYSTEM \"file://" +
      (folder_.path() / "secret.txt").string() +
      "\">]><rss><item><title>x &amp; y &c;</title><description>&file;</description></item></rss>";
  const auto records = read(document);
  ASSERT_THAT(records, SizeIs(1));
  for (const auto& [name, value] : records[0].fields) {
    EXPECT_LT(value.size(), 50U);
    EXPECT_THAT(value, ::testing::Not(::testing::HasSubstr("secret")));
  }
}

TEST_F(XmlRecordsTest, DamageIsReadOverAndSaid) {
  const auto records =
      read("<rss><item><title>A & B</title></item>\n<item><title>C&nbsp;D</title></item></rss>");
  EXPECT_THAT(records, SizeIs(2));
  EXPECT_FALSE(damage_.empty());
  EXPECT_THAT(read("no xml"), IsEmpty());
}

TEST_F(XmlRecordsTest, ManyRecords) {
  std::string document = "<rss>";
  for (int i = 0; i < 20'000; ++i) document += fit::format("<item><id>{}</id></item>\n", i);
  EXPECT_THAT(read(document + "</rss>"), SizeIs(20'000));
  EXPECT_FALSE(is_broken_);
}

}  // namespace
}  // namespace fit::ingest
