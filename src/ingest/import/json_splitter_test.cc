#include "ingest/import/json_splitter.h"

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
using ::testing::SizeIs;

class JsonSplitterTest : public ::testing::Test {
 protected:
  // The texts of the objects; "error" at the end when the document is broken.
  std::vector<std::string> split(std::string_view document, std::size_t max_bytes = 1 << 20) {
    catalog::testing::write_file(folder_.path() / "a.json", document);
    JsonSplitter splitter(std::make_unique<InputFile>(InputFile::open(folder_.path() / "a.json").value()),
                          max_bytes);
    std::vector<std::string> objects;
    lines_.clear();
    for (;;) {
      auto object = splitter.next();
      if (!object) objects.emplace_back("error");
      if (!object || !*object) return objects;
      objects.push_back((*object)->problem.empty() ? (*object)->text : (*object)->problem);
      lines_.push_back((*object)->line);
    }
  }

  TempDir folder_;
  std::vector<std::int64_t> lines_;
};

TEST_F(JsonSplitterTest, ListsAtTheTopAndBelow) {
  EXPECT_THAT(split("[{\"a\":1},\n {\"b\":[{}]} ]"), ElementsAre("{\"a\":1}", "{\"b\":[{}]}"));
  EXPECT_THAT(lines_, ElementsAre(1, 2));
  EXPECT_THAT(split("{\"n\":2,\"items\":[{\"a\":\"]}\"},{\"b\":\"\\\"\"}],\"more\":{}}"),
              ElementsAre("{\"a\":\"]}\"}", "{\"b\":\"\\\"\"}"));
  EXPECT_THAT(split("{\"data\":{\"page\":1,\"products\":[{\"a\":1}]}}"), ElementsAre("{\"a\":1}"));
  EXPECT_THAT(split("[]"), IsEmpty());
  EXPECT_THAT(split(""), IsEmpty());
  EXPECT_THAT(split("{\"items\":[]}"), IsEmpty());
}

TEST_F(JsonSplitterTest, OneObject) {
  EXPECT_THAT(split("{\"id\": \"1\", \"images\": [{\"url\":\"a\"}]}"),
              ElementsAre("{\"id\":\"1\",\"images\":[{\"url\":\"a\"}]}"));
  EXPECT_THAT(split("{}"), IsEmpty());
}

TEST_F(JsonSplitterTest, BrokenDocuments) {
  EXPECT_THAT(split("[{\"a\":1},{\"b\":"), ElementsAre("{\"a\":1}", "is not complete", "error"));
  EXPECT_THAT(split("[{\"a\":1}"), ElementsAre("{\"a\":1}", "error"));
  EXPECT_THAT(split("true"), ElementsAre("error"));
  EXPECT_THAT(split("{\"a\""), ElementsAre("error"));
  EXPECT_THAT(split("{\"items\":[1}"), ElementsAre("error"));
  EXPECT_THAT(split("[}"), SizeIs(::testing::Le(2U)));
}

TEST_F(JsonSplitterTest, LongObjectsArePassedOver) {
  const std::string document = "[{\"a\":1},{\"b\":\"" + std::string(300'000, 'x') + "\"},{\"c\":1}]";
  EXPECT_THAT(split(document, 1000), ElementsAre("{\"a\":1}", "is longer than 1000 bytes", "{\"c\":1}"));
}

TEST_F(JsonSplitterTest, ManyObjects) {
  std::string document = "[";
  for (int i = 0; i < 20'000; ++i) document += fit::format("{}{{\"id\":{}}}", i == 0 ? "" : ",\n", i);
  EXPECT_THAT(split(document + "]"), SizeIs(20'000));
  EXPECT_EQ(lines_.back(), 20'000);
}

}  // namespace
}  // namespace fit::ingest
