#include "http/ingest_form.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace fit::http {
namespace {

// One part of a form.
std::string ingest_part(const std::string& name, const std::string& content, const std::string& file = {}) {
  const std::string file_name = file.empty() ? "" : "; filename=\"" + file + "\"";
  return "--b\r\nContent-Disposition: form-data; name=\"" + name + "\"" + file_name + "\r\n\r\n" + content +
         "\r\n";
}

Result<std::vector<IngestFile>> parse_parts(const std::string& parts) {
  static std::string body;  // outlives the views of the result
  body = parts + "--b--\r\n";
  Request request;
  request.body = body;
  request.headers.add("content-type", "multipart/form-data; boundary=b");
  return parse_ingest_form(request);
}

TEST(IngestFormTest, ReadsFilesAndTheirMetadata) {
  const auto all =
      parse_parts(ingest_part("files", "one", "a.jpg") + ingest_part("files", "two", "dir/b.jpg") +
                  ingest_part("metadata", R"({"title": "T"})"));
  ASSERT_TRUE(all) << all.error().describe();
  ASSERT_EQ(all->size(), 2U);
  EXPECT_EQ(all->at(1).name, "b.jpg");
  EXPECT_EQ(all->at(1).content, "two");
  EXPECT_EQ(all->at(1).metadata.title, "T");
  const auto each = parse_parts(ingest_part("metadata", R"([{"title": "A"}, {"title": "B"}])") +
                                ingest_part("files", "one", "a.jpg") + ingest_part("files", "two", "b.jpg"));
  ASSERT_TRUE(each);
  EXPECT_EQ(each->at(0).metadata.title, "A");
  EXPECT_EQ(each->at(1).metadata.title, "B");
}

TEST(IngestFormTest, NamesWhatIsWrong) {
  const std::string file = ingest_part("files", "one", "a.jpg");
  const auto field_of = [&](const std::string& parts) {
    const auto parsed = parse_parts(parts);
    return parsed ? std::string("none") : parsed.error().field;
  };
  EXPECT_EQ(field_of(ingest_part("metadata", "{}")), "files");
  EXPECT_EQ(field_of(ingest_part("files", "a text")), "files");
  EXPECT_EQ(field_of(file + ingest_part("file", "x", "a.jpg")), "file");
  EXPECT_EQ(field_of(file + ingest_part("metadata", "{")), "metadata");
  EXPECT_EQ(field_of(file + ingest_part("metadata", "[]")), "metadata");
  EXPECT_EQ(field_of(file + ingest_part("metadata", R"([{"x": 1}])")), "metadata[0].x");
  EXPECT_EQ(field_of(file + ingest_part("metadata", "{}") + ingest_part("metadata", "{}")), "metadata");
  std::string many;
  for (std::size_t i = 0; i < kMaxIngestFiles + 2; ++i) many += file;
  EXPECT_EQ(parse_parts(many).error().code, ErrorCode::kTooLarge);
}

TEST(IngestFormTest, ReadsUrls) {
  const auto field_of = [](const char* json) {
    const auto parsed = parse_ingest_urls(Json::parse(json));
    return parsed ? std::string("none") : parsed.error().field;
  };
  EXPECT_EQ(field_of(R"({"urls": ["https://a.example/b.jpg"], "metadata": {"title": "T"}})"), "none");
  EXPECT_EQ(field_of(R"({})"), "urls");
  EXPECT_EQ(field_of(R"({"urls": []})"), "urls");
  EXPECT_EQ(field_of(R"({"urls": [1]})"), "urls[0]");
  EXPECT_EQ(field_of(R"({"urls": ["x"], "metadata": [{}, {}]})"), "metadata");
  EXPECT_EQ(field_of(R"({"urls": ["x"], "url": "x"})"), "url");
}

}  // namespace
}  // namespace fit::http
