#include <gtest/gtest.h>

#include "base/base64.h"
#include "catalog/test_support.h"
#include "http/api.h"
#include "http/etag.h"
#include "http/problem.h"
#include "search/search_engine.h"

namespace fit::http {
namespace {

using catalog::testing::Bench;

// The conditional headers of a request.
struct Sent {
  std::string if_match = {};
  std::string if_none_match = {};
};

class ItemRoutesTest : public ::testing::Test {
 protected:
  ItemRoutesTest() {
    add_item_routes(
        router_, {.views = search::ResultViews(""), .max_body_bytes = 1 << 20, .max_image_bytes = 1 << 20});
  }

  // The first snapshot that a request takes belongs to `first_`; a second one would belong to `second_`.
  TenantSnapshot snapshot() {
    Bench& bench = snapshots_++ == 0 ? first_ : second_;
    return {.owner = nullptr,
            .engine = reinterpret_cast<search::SearchEngine&>(engine_),
            .catalog = *bench.catalog,
            .embedder = bench.embedder};
  }

  Result<Response> send(Method method, const std::string& path, const Json& body = {},
                        const Sent& sent = {}) {
    const auto match = router_.match(method, path);
    EXPECT_NE(match.route, nullptr) << path;
    const std::string text = body.dump();
    Request request;
    request.method = method;
    request.path = path;
    request.body = text;
    request.path_parameters = match.path_parameters;
    request.headers.add("content-type", "application/json");
    if (!sent.if_match.empty()) request.headers.add("if-match", sent.if_match);
    if (!sent.if_none_match.empty()) request.headers.add("if-none-match", sent.if_none_match);
    return match.route->handler(request);
  }

  static Json new_item(const std::string& external_id, const std::string& title) {
    return {{"source", "shop"},
            {"external_id", external_id},
            {"title", title},
            {"image_base64", encode_base64(catalog::testing::jpeg(1))}};
  }
  static std::string header(const Response& response, std::string_view name) {
    for (const auto& [key, value] : response.headers) {
      if (key == name) return value;
    }
    return "";
  }
  static int status(const Result<Response>& response) {
    return response ? response->status : status_of(response.error().code);
  }

  // Adds an item and returns its path.
  std::string add(const std::string& external_id = "1") {
    snapshots_ = 0;
    const auto created = send(Method::kPost, "/api/v1/items", new_item(external_id, "Red dress"));
    EXPECT_TRUE(created) << created.error().describe();
    snapshots_ = 0;
    return header(*created, "Location");
  }

  Bench first_;
  Bench second_;
  // A placeholder for the search engine, which the tested routes do not call.
  alignas(search::SearchEngine) std::array<std::byte, sizeof(search::SearchEngine)> engine_{};
  std::atomic<int> snapshots_{0};
  Router router_{[this](const Principal&) { return snapshot(); }};
};

TEST_F(ItemRoutesTest, ARequestWorksWithOneSnapshot) {
  const auto expect_one = [this](const Result<Response>& response, int status) {
    ASSERT_TRUE(response) << response.error().describe();
    EXPECT_EQ(response->status, status);
    EXPECT_EQ(snapshots_.exchange(0), 1);
  };
  const std::string path = add();
  expect_one(send(Method::kPost, "/api/v1/items", new_item("2", "Blue dress")), 201);
  expect_one(send(Method::kGet, path), 200);
  expect_one(send(Method::kPut, path, {{"title", "Green dress"}}), 200);
  expect_one(send(Method::kPatch, path, {{"price", 5}}), 200);
  expect_one(send(Method::kDelete, path), 204);
  EXPECT_EQ(first_.items().size(), 1U);
  EXPECT_TRUE(second_.items().empty());
}

TEST_F(ItemRoutesTest, AnItemHasAnEtagOfItsContent) {
  const std::string path = add();
  const auto get = [&](const Sent& sent) {
    snapshots_ = 0;
    return send(Method::kGet, path, {}, sent).value();
  };
  const Response whole = get({});
  const std::string tag = header(whole, "ETag");
  EXPECT_EQ(tag, etag_of(whole.body));
  for (const std::string& known : {tag, "W/" + tag, "\"x\", " + tag, std::string("*")}) {
    const Response unchanged = get({.if_none_match = known});
    EXPECT_EQ(unchanged.status, 304) << known;
    EXPECT_TRUE(unchanged.body.empty());
    EXPECT_EQ(header(unchanged, "ETag"), tag);
  }
  EXPECT_EQ(get({.if_none_match = "\"x\""}).status, 200);
}

TEST_F(ItemRoutesTest, ChangesAreMadeOnlyToTheItemThatIfMatchNames) {
  const std::string path = add();
  const auto call = [&](Method method, const Json& body, const std::string& if_match) {
    snapshots_ = 0;
    return send(method, path, body, {.if_match = if_match});
  };
  const std::string old = header(call(Method::kGet, {}, "").value(), "ETag");
  const auto patched = call(Method::kPatch, {{"price", 5}}, old);
  ASSERT_TRUE(patched) << patched.error().describe();
  const std::string now = header(*patched, "ETag");
  EXPECT_NE(now, old);

  EXPECT_EQ(status(call(Method::kPatch, {{"price", 6}}, old)), 412);
  EXPECT_EQ(status(call(Method::kPut, {{"title", "x"}}, old)), 412);
  EXPECT_EQ(status(call(Method::kDelete, {}, old)), 412);
  EXPECT_EQ(status(call(Method::kDelete, {}, "W/" + now)), 412);
  EXPECT_EQ(header(call(Method::kGet, {}, "").value(), "ETag"), now) << "a refused change changes nothing";

  EXPECT_EQ(status(call(Method::kPut, {{"title", "x"}}, "\"a\", " + now)), 200);
  EXPECT_EQ(status(call(Method::kPatch, {{"price", 7}}, "*")), 200);
  EXPECT_EQ(status(call(Method::kDelete, {}, "*")), 204);
  EXPECT_EQ(status(call(Method::kDelete, {}, "*")), 404);
}

}  // namespace
}  // namespace fit::http
