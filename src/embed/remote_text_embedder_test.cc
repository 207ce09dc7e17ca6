#include "embed/remote_text_embedder.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <mutex>

#include "base/format.h"
#include "base/json.h"
#include "net/test_server.h"

namespace fit::embed {
namespace {

using net::TestServer;
using std::chrono::milliseconds;
using ::testing::HasSubstr;
using ::testing::Not;

constexpr int kDimensions = 3;
constexpr const char* kKey = "sk-hunter2";

// A provider that embeds a text as (length, 1, 1). A function set by set_response() replaces the response
// while it returns text.
class Provider {
 public:
  Provider() : server_([this](const auto& request, auto& connection) { serve(request, connection); }) {}

  std::string url() const { return server_.url("/v1"); }
  std::vector<TestServer::Request> requests() const { return server_.requests(); }
  static std::string vectors(const Json& body) {
    Json data = Json::array();
    for (const Json& text : body["input"]) {
      data.push_back({{"index", data.size()}, {"embedding", {text.get<std::string>().size(), 1, 1}}});
    }
    return dump_json({{"data", data}});
  }
  void set_response(std::function<std::string(const TestServer::Request&)> response) {
    const std::lock_guard lock(mutex_);
    response_ = std::move(response);
  }
  std::atomic<bool> hangs = false;

 private:
  void serve(const TestServer::Request& request, TestServer::Connection& connection) {
    if (hangs) return connection.hang();
    std::string response;
    {
      const std::lock_guard lock(mutex_);
      if (response_) response = response_(request);
    }
    if (response.empty())
      response = TestServer::answer(200, vectors(parse_json("body", request.body).value()));
    connection.send(response);
  }

  std::mutex mutex_;
  std::function<std::string(const TestServer::Request&)> response_;
  TestServer server_;
};

class RemoteTextEmbedderTest : public ::testing::Test {
 protected:
  RemoteTextEmbedder::Options options() {
    RemoteTextEmbedder::Options options;
    options.base_url = provider_.url();
    options.key = kKey;
    options.model = "text-embedding-3-small";
    options.dimensions = kDimensions;
    options.interactive_timeout = std::chrono::seconds(20);
    options.background_timeout = std::chrono::seconds(20);
    options.breaker = {
        .failures = 3, .open_for = milliseconds(1000), .longest = milliseconds(60'000), .now = [this] {
          return now_.load();
        }};
    options.metrics = &metrics_;
    options.wait = [this](milliseconds time) {
      waits_.push_back(time);
      now_ = now_.load() + time;
      return !stopped_;
    };
    return options;
  }
  void open() { open(options()); }
  void open(RemoteTextEmbedder::Options options) {
    embedder_ = RemoteTextEmbedder::make(std::move(options), Log::silent()).value();
  }
  Result<std::vector<Vector>> embed(std::vector<std::string> texts,
                                    Priority priority = Priority::kInteractive) {
    return embedder_->embed(texts, priority);
  }
  void respond_with(int status, const std::string& body = "{}", const std::string& headers = "") {
    provider_.set_response([=](const auto&) { return TestServer::answer(status, body, headers); });
  }
  void recover() { provider_.set_response({}); }

  Metrics metrics_;
  Provider provider_;
  std::atomic<CircuitBreaker::Clock::time_point> now_{};
  std::vector<milliseconds> waits_;
  bool stopped_ = false;
  std::unique_ptr<RemoteTextEmbedder> embedder_;
};

TEST_F(RemoteTextEmbedderTest, SendsTheDocumentedRequest) {
  open();
  const auto vectors = embed({"red", "jacket"});
  ASSERT_TRUE(vectors) << vectors.error().describe();
  ASSERT_EQ(vectors->size(), 2U);
  EXPECT_NEAR(dot((*vectors)[1], (*vectors)[1]), 1, 1e-6);
  EXPECT_FLOAT_EQ((*vectors)[1][0] / (*vectors)[1][1], 6);
  ASSERT_EQ(provider_.requests().size(), 1U);
  const TestServer::Request request = provider_.requests()[0];
  EXPECT_EQ(request.method, "POST");
  EXPECT_EQ(request.target, "/v1/embeddings");
  EXPECT_EQ(request.headers.at("authorization"), std::string("Bearer ") + kKey);
  EXPECT_EQ(request.headers.at("content-type"), "application/json");
  EXPECT_EQ(parse_json("body", request.body).value(), (Json{{"model", "text-embedding-3-small"},
                                                            {"input", {"red", "jacket"}},
                                                            {"encoding_format", "float"},
                                                            {"dimensions", 3}}));
  EXPECT_EQ(embedder_->space().dimensions, 3);
  EXPECT_EQ(embedder_->space().name, "openai.text-embedding-3-small");
}

TEST_F(RemoteTextEmbedderTest, SplitsTextsIntoBoundedRequests) {
  open();
  std::vector<std::string> texts;
  for (int i = 0; i < 150; ++i) texts.push_back(std::string(static_cast<std::size_t>(i + 1), 'x'));
  texts.push_back(std::string(100'000, 'y'));
  texts.push_back("\xc3\xa4" + std::string(5997, 'y') + "\xc3\xa4");  // the limit is within a character
  const auto vectors = embed(texts);
  ASSERT_TRUE(vectors) << vectors.error().describe();
  ASSERT_EQ(vectors->size(), texts.size());
  for (int i = 0; i < 150; ++i) {
    const Vector& vector = (*vectors)[static_cast<std::size_t>(i)];
    EXPECT_NEAR(vector[0] / vector[1], i + 1, 0.01);
  }
  for (const auto& request : provider_.requests()) {
    const Json body = parse_json("body", request.body).value();
    EXPECT_LE(body["input"].size(), 64U);
    for (const Json& text : body["input"]) EXPECT_LE(text.get<std::string>().size(), 6000U);
  }
  EXPECT_EQ(provider_.requests().size(), 3U);
}

TEST_F(RemoteTextEmbedderTest, OmitsDimensionsForAServerThatRejectsThem) {
  provider_.set_response([](const TestServer::Request& request) {
    const Json body = parse_json("body", request.body).value();
    if (body.contains("dimensions")) return TestServer::answer(400, R"({"error": "not supported"})");
    return TestServer::answer(200, R"({"data": [{"embedding": [3, 4, 0, 12, 84]}]})");
  });
  open();
  for (int i = 0; i < 3; ++i) {
    const auto vectors = embed({"red"});
    ASSERT_TRUE(vectors) << vectors.error().describe();
    EXPECT_FLOAT_EQ((*vectors)[0][0], 0.6F) << "truncated to three and scaled";
  }
  EXPECT_EQ(provider_.requests().size(), 4U) << "later requests omit the parameter";
}

TEST_F(RemoteTextEmbedderTest, InteractiveRequestsAreSentOnceAndTheBreakerOpensAndCloses) {
  open();
  respond_with(500);
  for (int i = 0; i < 10; ++i) EXPECT_FALSE(embed({"red"}));
  EXPECT_EQ(provider_.requests().size(), 3U) << "the breaker opens after three failures";
  EXPECT_FALSE(embedder_->is_available());
  EXPECT_EQ(embed({"red"}).error().code, ErrorCode::kUnavailable);
  EXPECT_THAT(metrics_.expose(), HasSubstr("fit_text_embedding_available 0"));
  EXPECT_THAT(metrics_.expose(), HasSubstr(R"(fit_text_embedding_requests_total{outcome="failed"} 3)"));
  recover();
  EXPECT_FALSE(embed({"red"})) << "interactive requests do not probe";
  now_ = now_.load() + milliseconds(1000);
  EXPECT_FALSE(embed({"red"})) << "not even when a probe is due";
  ASSERT_TRUE(embed({"red"}, Priority::kBackground));
  EXPECT_TRUE(embedder_->is_available());
  EXPECT_TRUE(embed({"red"}));
  EXPECT_THAT(metrics_.expose(), HasSubstr("fit_text_embedding_available 1"));
}

TEST_F(RemoteTextEmbedderTest, ProbesWithoutWorkToDo) {
  open();
  respond_with(500);
  for (int i = 0; i < 3; ++i) EXPECT_FALSE(embed({"red"}));
  embedder_->probe();
  EXPECT_EQ(provider_.requests().size(), 3U) << "the probe is not due yet";
  now_ = now_.load() + milliseconds(1000);
  embedder_->probe();
  EXPECT_EQ(provider_.requests().size(), 4U);
  EXPECT_FALSE(embedder_->is_available());
  recover();
  now_ = now_.load() + milliseconds(2000);
  embedder_->probe();
  EXPECT_TRUE(embedder_->is_available());
  embedder_->probe();
  EXPECT_EQ(provider_.requests().size(), 5U) << "no probe while the breaker is closed";
}

TEST_F(RemoteTextEmbedderTest, RetriesBackgroundRequestsWithBackoff) {
  open();
  std::atomic<int> left = 3;
  provider_.set_response([&](const auto&) { return left-- > 0 ? TestServer::answer(502, "") : ""; });
  ASSERT_TRUE(embed({"red"}, Priority::kBackground));
  ASSERT_EQ(waits_.size(), 3U);
  EXPECT_GE(waits_[0], milliseconds(250));
  EXPECT_LE(waits_[0], milliseconds(500));
  EXPECT_GE(waits_[1], milliseconds(500));
  EXPECT_GE(waits_[2], milliseconds(1000));
  EXPECT_EQ(provider_.requests().size(), 4U);
}

TEST_F(RemoteTextEmbedderTest, HonoursRetryAfter) {
  open();
  std::atomic<int> left = 1;
  provider_.set_response(
      [&](const auto&) { return left-- > 0 ? TestServer::answer(429, "", "Retry-After: 7\r\n") : ""; });
  ASSERT_TRUE(embed({"red"}, Priority::kBackground));
  ASSERT_EQ(waits_.size(), 1U);
  EXPECT_GE(waits_[0], std::chrono::seconds(7));
  EXPECT_TRUE(embedder_->is_available());

  left = 1;
  EXPECT_FALSE(embed({"red"}));
  EXPECT_FALSE(embedder_->is_available()) << "interactive requests honour it too";
  EXPECT_EQ(embedder_->retry_in(), std::chrono::seconds(7));
}

TEST_F(RemoteTextEmbedderTest, StopsWhileWaiting) {
  open();
  stopped_ = true;
  respond_with(500);
  EXPECT_EQ(embed({"red"}, Priority::kBackground).error().code, ErrorCode::kCancelled);
  EXPECT_EQ(provider_.requests().size(), 1U);
}

TEST_F(RemoteTextEmbedderTest, ReportsAWrongKeyWithoutTheKey) {
  open();
  respond_with(401, std::string("{\"error\": \"bad key ") + kKey + "\"}");
  const auto rejected = embed({"red"}, Priority::kBackground);
  ASSERT_FALSE(rejected);
  EXPECT_EQ(rejected.error().code, ErrorCode::kUnauthorized);
  EXPECT_THAT(rejected.error().message, HasSubstr("OPENAI_API_KEY"));
  EXPECT_THAT(rejected.error().describe(), Not(HasSubstr("hunter2")));
  EXPECT_TRUE(waits_.empty()) << "a retry would not help";
}

TEST_F(RemoteTextEmbedderTest, RejectedTextsDoNotOpenTheBreaker) {
  open();
  respond_with(400);
  for (int i = 0; i < 10; ++i) EXPECT_EQ(embed({"red"}).error().code, ErrorCode::kInvalid);
  EXPECT_TRUE(embedder_->is_available());
  EXPECT_EQ(embed({"red", " \n"}).error().field, "text");
}

TEST_F(RemoteTextEmbedderTest, InvalidResponsesAreFailures) {
  open();
  for (const char* const body : {"", "<html>", R"({"data": []})", R"({"data": [{"embedding": [1, 2]}]})"}) {
    recover();
    now_ = now_.load() + std::chrono::minutes(2);
    ASSERT_TRUE(embed({"red"}, Priority::kBackground));
    respond_with(200, body);
    for (int i = 0; i < 3; ++i) EXPECT_EQ(embed({"red"}).error().code, ErrorCode::kBadGateway) << body;
    EXPECT_FALSE(embedder_->is_available());
  }
}

TEST_F(RemoteTextEmbedderTest, BrokenTransfersAndTimeoutsAreFailures) {
  provider_.set_response(
      [](const auto&) { return "HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n{\"data\""; });
  open();
  EXPECT_EQ(embed({"red"}).error().code, ErrorCode::kUnavailable);
  provider_.hangs = true;
  auto hasty = options();
  hasty.interactive_timeout = milliseconds(50);
  open(std::move(hasty));
  EXPECT_EQ(embed({"red"}).error().code, ErrorCode::kDeadlineExceeded);
}

TEST_F(RemoteTextEmbedderTest, DoesNotFollowRedirects) {
  TestServer elsewhere([](const auto&, auto& connection) { connection.send(TestServer::answer(200, "{}")); });
  open();
  respond_with(307, "", "Location: " + elsewhere.url("/") + "\r\n");
  EXPECT_FALSE(embed({"red"}));
  EXPECT_TRUE(elsewhere.requests().empty());
}

TEST_F(RemoteTextEmbedderTest, NamesInvalidSettings) {
  const auto field = [&](auto change) {
    auto changed = options();
    change(changed);
    const auto made = RemoteTextEmbedder::make(std::move(changed), Log::silent());
    return made ? std::string() : made.error().field;
  };
  EXPECT_EQ(field([](auto& o) { o.base_url = "ftp://x"; }), "OPENAI_BASE_URL");
  EXPECT_EQ(field([](auto& o) { o.model = ""; }), "TEXT_EMBEDDING_MODEL");
  EXPECT_EQ(field([](auto& o) { o.key = "a\r\nX: y"; }), "OPENAI_API_KEY");
  EXPECT_EQ(field([](auto& o) { o.dimensions = 0; }), "TEXT_EMBEDDING_DIMENSIONS");
  EXPECT_EQ(field([](auto& o) { o.key = ""; }), "");
}

}  // namespace
}  // namespace fit::embed
