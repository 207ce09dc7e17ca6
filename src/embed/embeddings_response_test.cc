#include "embed/embeddings_response.h"

#include <gtest/gtest.h>

#include "base/base64.h"
#include "base/format.h"

namespace fit::embed {
namespace {

std::string base64_of(const std::vector<float>& numbers) {
  return encode_base64(std::as_bytes(std::span(numbers)));
}

TEST(EmbeddingsResponse, OrdersVectorsByIndex) {
  const auto vectors = read_embeddings(
      R"({"object": "list", "model": "m", "usage": {}, "data": [
          {"object": "embedding", "index": 1, "embedding": [0, 2]},
          {"object": "embedding", "index": 0, "embedding": [3, 4.0]}]})",
      2, 2);
  ASSERT_TRUE(vectors) << vectors.error().describe();
  EXPECT_FLOAT_EQ((*vectors)[0][0], 0.6F);
  EXPECT_FLOAT_EQ((*vectors)[0][1], 0.8F);
  EXPECT_FLOAT_EQ((*vectors)[1][1], 1);
}

TEST(EmbeddingsResponse, AcceptsBase64WithoutIndexes) {
  const auto vectors =
      read_embeddings(fit::format(R"({{"data": [{{"embedding": "{}"}}]}})", base64_of({0, 0, -2})), 1, 3);
  ASSERT_TRUE(vectors) << vectors.error().describe();
  EXPECT_EQ((*vectors)[0], (Vector{0, 0, -1}));
}

TEST(EmbeddingsResponse, TruncatesAndScalesLongerVectors) {
  const auto vectors = read_embeddings(R"({"data": [{"embedding": [3, 4, 12, 84]}]})", 1, 2);
  ASSERT_TRUE(vectors);
  EXPECT_FLOAT_EQ((*vectors)[0][0], 0.6F);
  EXPECT_FLOAT_EQ((*vectors)[0][1], 0.8F);
}

TEST(EmbeddingsResponse, RejectsInvalidResponses) {
  for (const std::string& body : {
           std::string(),
           std::string("<html>Bad gateway</html>"),
           std::string("[]"),
           std::string("null"),
           std::string(R"({"data": {}})"),
           std::string(R"({"data": []})"),
           std::string(R"({"data": [{"embedding": [1, 2]}]})"),
           std::string(R"({"data": [1, 2]})"),
           std::string(R"({"data": [{"index": 0}, {"index": 1}]})"),
           std::string(R"({"data": [{"embedding": [1, 2]}, {"embedding": [1]}]})"),
           std::string(R"({"data": [{"embedding": [1, 2]}, {"embedding": []}]})"),
           std::string(R"({"data": [{"embedding": [1, 2]}, {"embedding": [0, 0]}]})"),
           std::string(R"({"data": [{"embedding": [1, 2]}, {"embedding": [1, "2"]}]})"),
           std::string(R"({"data": [{"embedding": [1, 2]}, {"embedding": [1, null]}]})"),
           std::string(R"({"data": [{"embedding": [1, 2]}, {"embedding": [1, 1e400]}]})"),
           std::string(R"({"data": [{"embedding": [1, 2]}, {"embedding": [1e39, 1]}]})"),
           std::string(R"({"data": [{"embedding": [1, 2]}, {"embedding": "?"}]})"),
           std::string(R"({"data": [{"embedding": [1, 2]}, {"embedding": "AAAA"}]})"),
           std::string(R"({"data": [{"embedding": [1, 2]}, {"embedding": 5}]})"),
           std::string(R"({"data": [{"index": 0, "embedding": [1, 2]}, {"index": 0, "embedding": [1, 2]}]})"),
           std::string(R"({"data": [{"index": 0, "embedding": [1, 2]}, {"index": 2, "embedding": [1, 2]}]})"),
           std::string(
               R"({"data": [{"index": 0, "embedding": [1, 2]}, {"index": -1, "embedding": [1, 2]}]})"),
           std::string(
               R"({"data": [{"index": 0, "embedding": [1, 2]}, {"index": "1", "embedding": [1, 2]}]})"),
           std::string(R"({"data": [{"embedding": [1, 2]}, {"embedding": [1, 2]}, {"embedding": [1, 2]}]})"),
       }) {
    const auto vectors = read_embeddings(body, 2, 2);
    ASSERT_FALSE(vectors) << body;
    EXPECT_EQ(vectors.error().code, ErrorCode::kBadGateway) << body;
  }
}

TEST(EmbeddingsResponse, NamesTheSettingWhenDimensionsAreTooFew) {
  const auto vectors = read_embeddings(R"({"data": [{"embedding": [1, 2, 3]}]})", 1, 4);
  ASSERT_FALSE(vectors);
  EXPECT_NE(vectors.error().message.find("3 dimensions instead of 4; set TEXT_EMBEDDING_DIMENSIONS"),
            std::string::npos);
}

}  // namespace
}  // namespace fit::embed
