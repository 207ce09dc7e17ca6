#include <gtest/gtest.h>

#include "base/base64.h"
#include "catalog/test_support.h"
#include "http/api.h"
#include "search/search_engine.h"

namespace fit::http {
namespace {

using catalog::testing::Bench;
using std::chrono::milliseconds;

class EmbeddingRoutesTest : public ::testing::Test {
 protected:
  Result<Response> embed(const EmbeddingRouteDeps& deps, const Json& input) {
    Router router([this](const Principal&) {
      return TenantSnapshot{.owner = nullptr,
                            .engine = reinterpret_cast<search::SearchEngine&>(engine_),
                            .catalog = *bench_.catalog,
                            .embedder = bench_.embedder};
    });
    add_embedding_routes(router, deps);
    const std::string body = Json{{"input", input}}.dump();
    Request request;
    request.method = Method::kPost;
    request.path = "/v1/embeddings";
    request.headers.add("content-type", "application/json");
    request.body = body;
    request.stop = stop_.get_token();
    return router.match(Method::kPost, "/v1/embeddings").route->handler(request);
  }

  static Json images(int count) {
    Json list = Json::array();
    for (int i = 0; i < count; ++i) {
      list.push_back("data:image/jpeg;base64," + encode_base64(catalog::testing::jpeg(7, 120, 160)));
    }
    return list;
  }

  Bench bench_;
  std::stop_source stop_;
  // Replaces the search engine, which the tested routes do not call.
  alignas(search::SearchEngine) std::array<std::byte, sizeof(search::SearchEngine)> engine_{};
};

TEST_F(EmbeddingRoutesTest, NothingIsEmbeddedPastTheDeadline) {
  const auto late = embed({.time_limit = milliseconds(-1)}, images(3));
  ASSERT_FALSE(late);
  EXPECT_EQ(late.error().code, ErrorCode::kDeadlineExceeded);
  EXPECT_EQ(bench_.embedder.embedded_images, 0);
}

TEST_F(EmbeddingRoutesTest, ARequestEndsBetweenTwoBatchesWhenTheServerStops) {
  bench_.embedder.on_call = [this] { stop_.request_stop(); };
  const auto stopped = embed({}, images(40));
  ASSERT_FALSE(stopped);
  EXPECT_EQ(stopped.error().code, ErrorCode::kUnavailable);
  EXPECT_EQ(bench_.embedder.embedded_images, 16) << "one batch of the forty images";
}

TEST_F(EmbeddingRoutesTest, ThePixelsOfAllImagesAreCountedBeforeAnyIsDecoded) {
  const EmbeddingRouteDeps deps{.max_pixels = 2 * 120 * 160};
  EXPECT_TRUE(embed(deps, images(2)));
  bench_.embedder.embedded_images = 0;
  const auto refused = embed(deps, images(3));
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ErrorCode::kTooLarge);
  EXPECT_EQ(refused.error().field, "input");
  EXPECT_EQ(bench_.embedder.embedded_images, 0);
}

}  // namespace
}  // namespace fit::http
