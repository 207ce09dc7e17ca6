#include "embed/caption_provider.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <mutex>

#include "base/json.h"
#include "net/test_server.h"

namespace fit::embed {
namespace {

using net::TestServer;
using std::chrono::milliseconds;
using ::testing::HasSubstr;
using ::testing::Not;

// A server of OpenAI's chat completions whose response a test can set.
class CaptionServerOfTest {
 public:
  CaptionServerOfTest() : server_([this](const auto&, auto& connection) { serve(connection); }) {}

  static std::string good() {
    const Json answer{
        {"title", "Red dress"}, {"description", ""}, {"tags", Json::array()}, {"confidence", 0.5}};
    Json choices = Json::array();
    choices.push_back({{"message", {{"content", dump_json(answer)}}}});
    return TestServer::answer(200, dump_json({{"choices", choices}}));
  }
  void respond(std::string response) {
    const std::lock_guard lock(mutex_);
    response_ = std::move(response);
  }
  std::string url() const { return server_.url("/v1/"); }
  std::size_t requests() const { return server_.requests().size(); }
  std::atomic<bool> hangs = false;

 private:
  void serve(TestServer::Connection& connection) {
    if (hangs) return connection.hang();
    std::string response;
    {
      const std::lock_guard lock(mutex_);
      response = response_;
    }
    connection.send(response);
  }

  std::mutex mutex_;
  std::string response_ = good();
  TestServer server_;
};

class CaptionProviderTest : public ::testing::Test {
 protected:
  CaptionProvider::Options caption_options() {
    CaptionProvider::Options options;
    options.base_url = server_.url();
    options.key = "sk-hunter2";
    options.model = "llava";
    options.breaker = {
        .failures = 3, .open_for = milliseconds(1000), .longest = milliseconds(60'000), .now = [this] {
          return now_.load();
        }};
    options.metrics = &metrics_;
    return options;
  }
  void open() { open(caption_options()); }
  void open(CaptionProvider::Options options) {
    provider_ = CaptionProvider::make(std::move(options), Log::silent()).value();
  }
  Result<Caption> describe() { return provider_->describe({.file = as_bytes(photo_)}, stop_.get_token()); }
  ErrorCode failure() {
    const auto caption = describe();
    return caption ? ErrorCode::kInternal : caption.error().code;
  }

  Metrics metrics_;
  CaptionServerOfTest server_;
  std::atomic<CircuitBreaker::Clock::time_point> now_{};
  std::stop_source stop_;
  std::string photo_ = "photo";
  std::unique_ptr<CaptionProvider> provider_;
};

TEST_F(CaptionProviderTest, DescribesAPicture) {
  open();
  const auto caption = describe();
  ASSERT_TRUE(caption) << caption.error().describe();
  EXPECT_EQ(caption->title, "Red dress");
  EXPECT_EQ(provider_->name(), "openai:llava");
  EXPECT_THAT(metrics_.expose(), HasSubstr("fit_caption_requests_total{outcome=\"ok\"} 1"));
}

TEST_F(CaptionProviderTest, FailuresOpenTheBreakerAndATrialClosesIt) {
  open();
  server_.respond(TestServer::answer(500, "oops"));
  for (int i = 0; i < 3; ++i) EXPECT_EQ(failure(), ErrorCode::kBadGateway);
  EXPECT_FALSE(provider_->is_available());
  EXPECT_EQ(failure(), ErrorCode::kUnavailable);
  EXPECT_EQ(server_.requests(), 3U) << "an open breaker sends nothing";
  server_.respond(CaptionServerOfTest::good());
  now_ = now_.load() + std::chrono::seconds(2);
  EXPECT_TRUE(describe());
  EXPECT_TRUE(provider_->is_available());
}

TEST_F(CaptionProviderTest, AnOverloadedServerIsLeftAlone) {
  open();
  server_.respond(TestServer::answer(429, "{}", "Retry-After: 30\r\n"));
  EXPECT_EQ(failure(), ErrorCode::kUnavailable);
  EXPECT_EQ(provider_->retry_in(), std::chrono::seconds(30));
  EXPECT_EQ(failure(), ErrorCode::kUnavailable);
  EXPECT_EQ(server_.requests(), 1U);
}

TEST_F(CaptionProviderTest, ARejectedKeyIsNeverShown) {
  open();
  server_.respond(TestServer::answer(401, "{\"error\": \"bad key sk-hunter2\"}"));
  const auto rejected = describe();
  ASSERT_FALSE(rejected);
  EXPECT_EQ(rejected.error().code, ErrorCode::kUnauthorized);
  EXPECT_THAT(rejected.error().message, HasSubstr("VLM_API_KEY"));
  EXPECT_THAT(rejected.error().describe(), Not(HasSubstr("hunter2")));
}

TEST_F(CaptionProviderTest, RejectedSettingsAreNoFaultOfThePicture) {
  struct Rejection {
    int status;
    std::string body;
    ErrorCode code;
  };
  const std::vector<Rejection> rejections = {
      // Gemini, to a wrong key, and where it is not available.
      {400,
       R"({"error": {"code": 400, "message": "API key not valid.", "status": "INVALID_ARGUMENT", "details":)"
       R"( [{"@type": "type.googleapis.com/google.rpc.ErrorInfo", "reason": "API_KEY_INVALID"}]}})",
       ErrorCode::kUnauthorized},
      {400, R"({"error": {"code": 400, "status": "FAILED_PRECONDITION"}})", ErrorCode::kUnavailable},
      {401, "{}", ErrorCode::kUnauthorized},
      {403, R"({"error": {"status": "PERMISSION_DENIED"}})", ErrorCode::kUnauthorized},
      {404, R"({"error": "model 'llava' not found"})", ErrorCode::kUnavailable},
      {400, R"({"error": {"code": "model_not_found", "param": "model"}})", ErrorCode::kUnavailable},
      {400, R"({"error": {"code": null, "param": "response_format"}})", ErrorCode::kUnavailable}};
  for (const Rejection& one : rejections) {
    open();
    const std::size_t before = server_.requests();
    server_.respond(TestServer::answer(one.status, one.body));
    const auto rejected = describe();
    ASSERT_FALSE(rejected);
    EXPECT_EQ(rejected.error().code, one.code) << one.body;
    EXPECT_THAT(rejected.error().message, HasSubstr("check ")) << one.body;
    EXPECT_FALSE(provider_->is_available()) << "the breaker opens at once";
    EXPECT_EQ(describe().error().message, rejected.error().message) << "and says why";
    EXPECT_EQ(server_.requests(), before + 1);
  }
  server_.respond(CaptionServerOfTest::good());
  now_ = now_.load() + std::chrono::seconds(31);
  EXPECT_TRUE(describe());
  EXPECT_TRUE(provider_->is_available());
}

TEST_F(CaptionProviderTest, ARefusedPictureIsNoFailureOfTheServer) {
  open();
  server_.respond(TestServer::answer(400, R"({"error": {"code": 400, "status": "INVALID_ARGUMENT"}})"));
  for (int i = 0; i < 5; ++i) EXPECT_EQ(failure(), ErrorCode::kInvalid);
  EXPECT_TRUE(provider_->is_available());
}

TEST_F(CaptionProviderTest, UnusableAnswersAreFailures) {
  open();
  for (const std::string& body :
       {std::string("<html>Sign in</html>"), std::string(), std::string(2 << 20, 'x')}) {
    server_.respond(TestServer::answer(200, body));
    EXPECT_EQ(failure(), ErrorCode::kBadGateway) << body.size();
  }
  EXPECT_FALSE(provider_->is_available());
}

TEST_F(CaptionProviderTest, SilenceEndsWithTheTimeLimitAndWithAStop) {
  auto hasty = caption_options();
  hasty.timeout = milliseconds(50);
  open(std::move(hasty));
  server_.hangs = true;
  EXPECT_EQ(failure(), ErrorCode::kDeadlineExceeded);
  open();
  stop_.request_stop();
  EXPECT_EQ(failure(), ErrorCode::kCancelled);
  EXPECT_TRUE(provider_->is_available()) << "a stop says nothing about the server";
}

TEST_F(CaptionProviderTest, DoesNotFollowRedirects) {
  TestServer elsewhere([](const auto&, auto& connection) { connection.send(TestServer::answer(200, "{}")); });
  open();
  server_.respond(TestServer::answer(307, "", "Location: " + elsewhere.url("/") + "\r\n"));
  EXPECT_EQ(failure(), ErrorCode::kUnavailable);
  EXPECT_TRUE(elsewhere.requests().empty());
}

TEST_F(CaptionProviderTest, NamesInvalidSettings) {
  const auto field = [&](auto change) {
    auto changed = caption_options();
    change(changed);
    const auto made = CaptionProvider::make(std::move(changed), Log::silent());
    return made ? std::string() : made.error().field;
  };
  EXPECT_EQ(field([](auto& o) { o.provider = "none"; }), "VLM_PROVIDER");
  EXPECT_EQ(field([](auto& o) { o.base_url = "ftp://x"; }), "VLM_BASE_URL");
  EXPECT_EQ(field([](auto& o) { o.model = std::string(101, 'x'); }), "VLM_MODEL");
  EXPECT_EQ(field([](auto& o) { o.key = "a\r\nX: y"; }), "VLM_API_KEY");
  EXPECT_EQ(field([](auto& o) { o.key = o.model = o.base_url = ""; }), "");
}

}  // namespace
}  // namespace fit::embed
