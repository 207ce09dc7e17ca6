#include "embed/remote_protocol.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "base/json.h"

namespace fit::embed {
namespace {

Bytes jpeg_of(std::string_view text) {
  const ByteView bytes = as_bytes(text);
  return {bytes.begin(), bytes.end()};
}

// "b25l" is the base64 of "one", and "dHdv" that of "two".
std::unique_ptr<RemoteProtocol> protocol(std::string_view provider, int dimensions = 0) {
  return RemoteProtocol::make(
      *RemoteProtocol::find_provider(provider),
      {.base_url = "http://h/v", .key = "sk-1", .model = "m", .dimensions = dimensions});
}

void expect_images(std::string_view provider, const std::string& url, const Json& body,
                   const std::string& key) {
  const auto request = protocol(provider)->images(std::vector{jpeg_of("one"), jpeg_of("two")});
  EXPECT_EQ(request.url, url) << provider;
  EXPECT_EQ(parse_json("body", request.body).value(), body) << provider << " " << request.body;
  EXPECT_TRUE(std::ranges::contains(request.headers, key)) << provider;
  EXPECT_TRUE(std::ranges::contains(request.headers, "Content-Type: application/json")) << provider;
}

TEST(RemoteProtocol, ImagesAreAskedForAsEachProviderDocumentsIt) {
  const std::string bearer = "Authorization: Bearer sk-1";
  expect_images(
      "jina", "http://h/v/embeddings",
      Json::parse(
          R"({"model":"m","input":[{"image":"b25l"},{"image":"dHdv"}],"embedding_type":"float","normalized":true})"),
      bearer);
  expect_images("cohere", "http://h/v/embed",
                Json::parse(R"({"model":"m","input_type":"search_document","inputs":[
      {"content":[{"type":"image_url","image_url":{"url":"data:image/jpeg;base64,b25l"}}]},
      {"content":[{"type":"image_url","image_url":{"url":"data:image/jpeg;base64,dHdv"}}]}],"embedding_types":["float"]})"),
                bearer);
  expect_images("voyage", "http://h/v/multimodalembeddings", Json::parse(R"({"model":"m","inputs":[
      {"content":[{"type":"image_base64","image_base64":"data:image/jpeg;base64,b25l"}]},
      {"content":[{"type":"image_base64","image_base64":"data:image/jpeg;base64,dHdv"}]}]})"),
                bearer);
  expect_images(
      "marqo", "http://h/v/indexes/m/embed",
      Json::parse(
          R"({"content":["data:image/jpeg;base64,b25l","data:image/jpeg;base64,dHdv"],"contentType":"query"})"),
      "x-api-key: sk-1");
  expect_images(
      "openai-compatible", "http://h/v/embeddings",
      Json::parse(
          R"({"model":"m","input":["data:image/jpeg;base64,b25l","data:image/jpeg;base64,dHdv"],"encoding_format":"float"})"),
      bearer);
}

TEST(RemoteProtocol, TextsAreSearchedFor) {
  const auto body = [](std::string_view provider) {
    return parse_json("body", protocol(provider)->texts(std::vector<std::string>{"red"}).body).value();
  };
  EXPECT_EQ(body("jina")["input"], Json::parse(R"([{"text":"red"}])"));
  EXPECT_EQ(body("cohere")["input_type"], "search_query");
  EXPECT_EQ(body("cohere")["inputs"], Json::parse(R"([{"content":[{"type":"text","text":"red"}]}])"));
  EXPECT_EQ(body("voyage")["input_type"], "query");
  EXPECT_EQ(body("voyage")["inputs"], Json::parse(R"([{"content":[{"type":"text","text":"red"}]}])"));
  EXPECT_EQ(body("marqo")["content"], Json::parse(R"(["red"])"));
  EXPECT_EQ(body("openai-compatible")["input"], Json::parse(R"(["red"])"));
}

TEST(RemoteProtocol, DimensionsAreAskedForWhereTheyAreSet) {
  const auto body = [](std::string_view provider) {
    return parse_json("body", protocol(provider, 256)->texts(std::vector<std::string>{"red"}).body).value();
  };
  EXPECT_EQ(body("jina")["dimensions"], 256);
  EXPECT_EQ(body("cohere")["output_dimension"], 256);
  EXPECT_EQ(body("voyage")["output_dimension"], 256);
  EXPECT_EQ(body("openai-compatible")["dimensions"], 256);
  EXPECT_FALSE(body("marqo").contains("dimensions")) << "an index has its own";
}

TEST(RemoteProtocol, NoKeyIsSentWithoutOne) {
  const auto keyless = RemoteProtocol::make(*RemoteProtocol::find_provider("jina"),
                                            {.base_url = "http://h", .key = {}, .model = "m"});
  EXPECT_EQ(keyless->texts(std::vector<std::string>{"red"}).headers.size(), 2U);
}

TEST(RemoteProtocol, AnswersAreReadInOrder) {
  const std::vector<Vector> expected = {{1, 0}, {0, 2}};
  const std::string by_index =
      R"({"data":[{"index":1,"embedding":[0,2]},{"index":0,"embedding":[1,0]}],"usage":{"total_tokens":9}})";
  for (const char* const provider : {"jina", "voyage", "openai-compatible"}) {
    EXPECT_EQ(protocol(provider)->read(by_index, 2).value(), expected) << provider;
  }
  EXPECT_EQ(protocol("cohere")->read(R"({"id":"x","embeddings":{"float":[[1,0],[0,2]]}})", 2).value(),
            expected);
  EXPECT_EQ(protocol("marqo")
                ->read(R"({"content":["a","b"],"embeddings":[[1,0],[0,2]],"processingTimeMs":3})", 2)
                .value(),
            expected);
}

TEST(RemoteProtocol, OtherAnswersAreErrors) {
  for (const auto& provider : RemoteProtocol::providers()) {
    for (const char* const body : {"",
                                   "<html>",
                                   "[]",
                                   "{}",
                                   "null",
                                   R"({"data":[]})",
                                   R"({"data":[{"embedding":[1]}]})",
                                   R"({"data":[{"index":0,"embedding":[1]},{"index":0,"embedding":[1]}]})",
                                   R"({"data":[{"index":0,"embedding":[1]},{"index":7,"embedding":[1]}]})",
                                   R"({"data":[{"index":0,"embedding":[]},{"index":1,"embedding":[1]}]})",
                                   R"({"data":[{"index":0,"embedding":"x"},{"index":1,"embedding":[1]}]})",
                                   R"({"data":[{"index":0,"embedding":[1e99]},{"index":1,"embedding":[1]}]})",
                                   R"({"data":[1,2]})",
                                   R"({"data":7,"embeddings":7})",
                                   R"({"embeddings":[]})",
                                   R"({"embeddings":{}})",
                                   R"({"embeddings":{"float":[[1]]}})",
                                   R"({"embeddings":{"float":[[1],["x"]]}})",
                                   R"({"embeddings":[[1],[null]]})",
                                   R"({"embeddings":[[1],{}]})"}) {
      const auto read = protocol(provider.name)->read(body, 2);
      ASSERT_FALSE(read) << provider.name << " " << body;
      EXPECT_EQ(read.error().code, ErrorCode::kBadGateway) << provider.name << " " << body;
    }
  }
}

TEST(FittedVector, IsCutOrFilled) {
  EXPECT_EQ(fitted_vector({3, 4, 100}, 2).value(), (Vector{0.6F, 0.8F}));
  EXPECT_EQ(fitted_vector({3, 4}, 4).value(), (Vector{0.6F, 0.8F, 0, 0}));
  EXPECT_EQ(fitted_vector({0, 0, 1}, 2).error().code, ErrorCode::kBadGateway);
}

}  // namespace
}  // namespace fit::embed
