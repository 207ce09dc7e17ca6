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

// A provider: the embedding of a text is (its length, 1, 1). `fail` answers in its place while it returns
// something.
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
  void set_answer(std::function<std::string(const TestServer::Request&)> answer) {
    const std::lock_guard lock(mutex_);
    answer_ = std::move(answer);
  }
  std::atomic<bool> hangs = false;

 private:
  void serve(const TestServer::Request& request, TestServer::Connection& connection) {
    if (hangs) return connection.hang();
    std::string answer;
    {
      const std::lock_guard lock(mutex_);
      if (answer_) answer = answer_(request);
    }
    if (answer.empty()) answer = TestServer::answer(200, vectors(parse_json("body", request.body).value()));
    connection.send(answer);
  }

  std::mutex mutex_;
  std::function<std::string(const TestServer::Request&)> answer_;
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
    options.question_time = std::chrono::seconds(20);
    options.background_time = std::chrono::seconds(20);
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
  Result<std::vector<Vector>> ask(std::vector<std::string> texts, Patience patience = Patience::kQuestion) {
    return embedder_->embed(texts, patience);
  }
  void answer_with(int status, const std::string& body = "{}", const std::string& headers = "") {
    provider_.set_answer([=](const auto&) { return TestServer::answer(status, body, headers); });
  }
  void recover() { provider_.set_answer({}); }

  Metrics metrics_;
  Provider provider_;
  std::atomic<CircuitBreaker::Clock::time_point> now_{};
  std::vector<milliseconds> waits_;
  bool stopped_ = false;
  std::unique_ptr<RemoteTextEmbedder> embedder_;
};

TEST_F(RemoteTextEmbedderTest, AsksAsTheFormatSays) {
  open();
  const auto vectors = ask({"red", "jacket"});
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

TEST_F(RemoteTextEmbedderTest, ManyTextsGoInBoundedRequests) {
  open();
  std::vector<std::string> texts;
  for (int i = 0; i < 150; ++i) texts.push_back(std::string(static_cast<std::size_t>(i + 1), 'x'));
  texts.push_back(std::string(100'000, 'y'));
  texts.push_back("\xc3\xa4" + std::string(5997, 'y') + "\xc3\xa4");  // the limit is within a character
  const auto vectors = ask(texts);
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

TEST_F(RemoteTextEmbedderTest, AServerThatRefusesDimensionsIsAskedWithout) {
  provider_.set_answer([](const TestServer::Request& request) {
    const Json body = parse_json("body", request.body).value();
    if (body.contains("dimensions")) return TestServer::answer(400, R"({"error": "not supported"})");
    return TestServer::answer(200, R"({"data": [{"embedding": [3, 4, 0, 12, 84]}]})");
  });
  open();
  for (int i = 0; i < 3; ++i) {
    const auto vectors = ask({"red"});
    ASSERT_TRUE(vectors) << vectors.error().describe();
    EXPECT_FLOAT_EQ((*vectors)[0][0], 0.6F) << "cut to three and scaled";
  }
  EXPECT_EQ(provider_.requests().size(), 4U) << "it is remembered";
}

TEST_F(RemoteTextEmbedderTest, AQuestionIsAskedOnceAndTheBreakerOpensAndCloses) {
  open();
  answer_with(500);
  for (int i = 0; i < 10; ++i) EXPECT_FALSE(ask({"red"}));
  EXPECT_EQ(provider_.requests().size(), 3U) << "passed over after three failures";
  EXPECT_FALSE(embedder_->is_available());
  EXPECT_EQ(ask({"red"}).error().code, ErrorCode::kUnavailable);
  EXPECT_THAT(metrics_.expose(), HasSubstr("fit_text_embedding_available 0"));
  EXPECT_THAT(metrics_.expose(), HasSubstr(R"(fit_text_embedding_requests_total{outcome="failed"} 3)"));
  recover();
  EXPECT_FALSE(ask({"red"})) << "questions do not try it";
  now_ = now_.load() + milliseconds(1000);
  EXPECT_FALSE(ask({"red"})) << "not even when it is time";
  ASSERT_TRUE(ask({"red"}, Patience::kBackground));
  EXPECT_TRUE(embedder_->is_available());
  EXPECT_TRUE(ask({"red"}));
  EXPECT_THAT(metrics_.expose(), HasSubstr("fit_text_embedding_available 1"));
}

TEST_F(RemoteTextEmbedderTest, IsTriedAgainWithoutWorkToDo) {
  open();
  answer_with(500);
  for (int i = 0; i < 3; ++i) EXPECT_FALSE(ask({"red"}));
  embedder_->try_again();
  EXPECT_EQ(provider_.requests().size(), 3U) << "it is not time yet";
  now_ = now_.load() + milliseconds(1000);
  embedder_->try_again();
  EXPECT_EQ(provider_.requests().size(), 4U);
  EXPECT_FALSE(embedder_->is_available());
  recover();
  now_ = now_.load() + milliseconds(2000);
  embedder_->try_again();
  EXPECT_TRUE(embedder_->is_available());
  embedder_->try_again();
  EXPECT_EQ(provider_.requests().size(), 5U) << "nothing to try";
}

TEST_F(RemoteTextEmbedderTest, BackgroundWorkTriesAgainWithGrowingPauses) {
  open();
  std::atomic<int> left = 3;
  provider_.set_answer([&](const auto&) { return left-- > 0 ? TestServer::answer(502, "") : ""; });
  ASSERT_TRUE(ask({"red"}, Patience::kBackground));
  ASSERT_EQ(waits_.size(), 3U);
  EXPECT_GE(waits_[0], milliseconds(250));
  EXPECT_LE(waits_[0], milliseconds(500));
  EXPECT_GE(waits_[1], milliseconds(500));
  EXPECT_GE(waits_[2], milliseconds(1000));
  EXPECT_EQ(provider_.requests().size(), 4U);
}

TEST_F(RemoteTextEmbedderTest, RetryAfterIsHonoured) {
  open();
  std::atomic<int> left = 1;
  provider_.set_answer(
      [&](const auto&) { return left-- > 0 ? TestServer::answer(429, "", "Retry-After: 7\r\n") : ""; });
  ASSERT_TRUE(ask({"red"}, Patience::kBackground));
  ASSERT_EQ(waits_.size(), 1U);
  EXPECT_GE(waits_[0], std::chrono::seconds(7));
  EXPECT_TRUE(embedder_->is_available());

  left = 1;
  EXPECT_FALSE(ask({"red"}));
  EXPECT_FALSE(embedder_->is_available()) << "questions leave it alone for that time";
  EXPECT_EQ(embedder_->retry_in(), std::chrono::seconds(7));
}

TEST_F(RemoteTextEmbedderTest, WaitingEndsWhenToldTo) {
  open();
  stopped_ = true;
  answer_with(500);
  EXPECT_EQ(ask({"red"}, Patience::kBackground).error().code, ErrorCode::kCancelled);
  EXPECT_EQ(provider_.requests().size(), 1U);
}

TEST_F(RemoteTextEmbedderTest, AWrongKeyIsToldWithoutIt) {
  open();
  answer_with(401, std::string("{\"error\": \"bad key ") + kKey + "\"}");
  const auto refused = ask({"red"}, Patience::kBackground);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ErrorCode::kUnauthorized);
  EXPECT_THAT(refused.error().message, HasSubstr("OPENAI_API_KEY"));
  EXPECT_THAT(refused.error().describe(), Not(HasSubstr("hunter2")));
  EXPECT_TRUE(waits_.empty()) << "trying again does not help";
}

TEST_F(RemoteTextEmbedderTest, RefusedTextsAreNotTheProvidersFault) {
  open();
  answer_with(400);
  for (int i = 0; i < 10; ++i) EXPECT_EQ(ask({"red"}).error().code, ErrorCode::kInvalid);
  EXPECT_TRUE(embedder_->is_available());
  EXPECT_EQ(ask({"red", " \n"}).error().field, "text");
}

TEST_F(RemoteTextEmbedderTest, NonsenseIsAFailure) {
  open();
  for (const char* const body : {"", "<html>", R"({"data": []})", R"({"data": [{"embedding": [1, 2]}]})"}) {
    recover();
    now_ = now_.load() + std::chrono::minutes(2);
    ASSERT_TRUE(ask({"red"}, Patience::kBackground));
    answer_with(200, body);
    for (int i = 0; i < 3; ++i) EXPECT_EQ(ask({"red"}).error().code, ErrorCode::kBadGateway) << body;
    EXPECT_FALSE(embedder_->is_available());
  }
}

TEST_F(RemoteTextEmbedderTest, BrokenTransfersAndSilenceAreFailures) {
  provider_.set_answer(
      [](const auto&) { return "HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n{\"data\""; });
  open();
  EXPECT_EQ(ask({"red"}).error().code, ErrorCode::kUnavailable);
  provider_.hangs = true;
  auto hasty = options();
  hasty.question_time = milliseconds(50);
  open(std::move(hasty));
  EXPECT_EQ(ask({"red"}).error().code, ErrorCode::kDeadlineExceeded);
}

TEST_F(RemoteTextEmbedderTest, TheKeyFollowsNoRedirect) {
  TestServer elsewhere([](const auto&, auto& connection) { connection.send(TestServer::answer(200, "{}")); });
  open();
  answer_with(307, "", "Location: " + elsewhere.url("/") + "\r\n");
  EXPECT_FALSE(ask({"red"}));
  EXPECT_TRUE(elsewhere.requests().empty());
}

TEST_F(RemoteTextEmbedderTest, BadSettingsAreNamed) {
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
