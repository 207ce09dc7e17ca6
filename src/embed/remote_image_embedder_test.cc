#include "embed/remote_image_embedder.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <mutex>

#include "base/base64.h"
#include "base/format.h"
#include "base/json.h"
#include "net/test_server.h"

namespace fit::embed {
namespace {

using net::TestServer;
using std::chrono::milliseconds;
using ::testing::HasSubstr;
using ::testing::Not;

constexpr const char* kSecretKey = "sk-hunter3";

// An image of one colour.
media::Image plain_image(std::uint8_t red, std::uint8_t green, int side = 40) {
  media::Image image{.width = side, .height = side, .rgb = {}};
  for (int i = 0; i < side * side; ++i) image.rgb.insert(image.rgb.end(), {red, green, 40});
  return image;
}

// A provider in the form of OpenAI. The vector of an image is its first pixel, and that of a text its length.
class ImageProvider {
 public:
  ImageProvider() : server_([this](const auto& request, auto& connection) { serve(request, connection); }) {}

  std::string url() const { return server_.url("/v1"); }
  std::vector<TestServer::Request> requests() const { return server_.requests(); }
  // Answers in place of vectors, one after another.
  void answer_next(std::vector<std::string> answers) {
    const std::lock_guard lock(mutex_);
    answers_ = std::move(answers);
  }
  std::atomic<bool> hangs = false;
  std::atomic<int> numbers = 4;  // in a vector

 private:
  void serve(const TestServer::Request& request, TestServer::Connection& connection) {
    if (hangs) return connection.hang();
    {
      const std::lock_guard lock(mutex_);
      if (!answers_.empty()) {
        const std::string answer = answers_.front();
        answers_.erase(answers_.begin());
        connection.send(answer);
        return;
      }
    }
    Json data = Json::array();
    const Json body = parse_json("body", request.body).value();
    for (const Json& input : body["input"]) {
      data.push_back({{"index", data.size()}, {"embedding", vector_of(input.get<std::string>())}});
    }
    connection.send(TestServer::answer(200, dump_json({{"data", data}})));
  }

  Json vector_of(const std::string& input) const {
    Json vector = Json::array({static_cast<double>(input.size()), 1.0, 1.0});
    if (input.starts_with("data:")) {
      const Bytes jpeg = decode_base64("input", input, 1 << 20).value();
      const media::Image image = media::decode("input", jpeg, 0).value();
      vector = Json::array({image.rgb[0], image.rgb[1], image.width});
    }
    while (std::ssize(vector) < numbers) vector.push_back(0);
    return vector;
  }

  std::mutex mutex_;
  std::vector<std::string> answers_;
  TestServer server_;
};

class RemoteImageEmbedderTest : public ::testing::Test {
 protected:
  static void SetUpTestSuite() { ASSERT_TRUE(media::start_vips()); }

  RemoteImageEmbedder::Options options() {
    RemoteImageEmbedder::Options options{.provider = "openai-compatible", .model = "clip"};
    options.base_url = provider_.url();
    options.key = kSecretKey;
    options.dimensions = 4;
    options.batch_size = 3;
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
  void open() { embedder_ = RemoteImageEmbedder::make(options()).value(); }
  Result<std::vector<Vector>> embed(int count) {
    std::vector<media::Image> images;
    for (int i = 0; i < count; ++i) images.push_back(plain_image(static_cast<std::uint8_t>(20 * i), 200));
    return embedder_->embed_images(images);
  }
  Result<Vector> embed_file() {
    const Bytes file = media::encode_png(plain_image(200, 10)).value();
    return embedder_->embed_file("image", file, {});
  }
  static std::string failing(int status, const std::string& headers = "") {
    return TestServer::answer(status, "{\"error\":\"no\"}", headers);
  }

  Metrics metrics_;
  ImageProvider provider_;
  std::atomic<CircuitBreaker::Clock::time_point> now_{};
  std::vector<milliseconds> waits_;
  bool stopped_ = false;
  std::unique_ptr<RemoteImageEmbedder> embedder_;
};

TEST_F(RemoteImageEmbedderTest, AsksInBatchesAndKeepsTheOrder) {
  open();
  const auto vectors = embed(7);
  ASSERT_TRUE(vectors) << vectors.error().describe();
  ASSERT_EQ(vectors->size(), 7U);
  for (std::size_t i = 0; i < 7; ++i) {
    const Vector& one = (*vectors)[i];
    EXPECT_NEAR(one[0] / one[1], static_cast<double>(i) / 10, 0.02) << i;
    EXPECT_NEAR(dot(one, one), 1, 1e-5);
    EXPECT_EQ(one.size(), 4U);
  }
  ASSERT_EQ(provider_.requests().size(), 3U);
  EXPECT_EQ(provider_.requests()[0].target, "/v1/embeddings");
  EXPECT_EQ(provider_.requests()[0].headers.at("authorization"), std::string("Bearer ") + kSecretKey);
  EXPECT_EQ(parse_json("body", provider_.requests()[2].body).value()["input"].size(), 1U);
}

TEST_F(RemoteImageEmbedderTest, LargeImagesAreReduced) {
  open();
  const media::Image large = plain_image(200, 100, 1500);
  const Vector vector = embedder_->embed_images(std::span(&large, 1)).value().front();
  EXPECT_NEAR(vector[2] / vector[0], 512.0 / 200, 0.05);
}

TEST_F(RemoteImageEmbedderTest, FilesAndTextsAreOfTheSameSpace) {
  open();
  const auto file = embed_file();
  ASSERT_TRUE(file) << file.error().describe();
  EXPECT_GT((*file)[0], 10 * (*file)[1]);
  const auto texts = embedder_->embed_texts(std::vector<std::string>{"a", "blue"});
  ASSERT_TRUE(texts) << texts.error().describe();
  EXPECT_NEAR((*texts)[1][0] / (*texts)[1][1], 4, 1e-4);
  EXPECT_EQ(embedder_->embed_texts(std::vector<std::string>{" "}).error().code, ErrorCode::kInvalid);
  EXPECT_TRUE(embedder_->embed_images({}).value().empty());
  EXPECT_EQ(embedder_->space().name, "openai-compatible.clip");
  EXPECT_TRUE(embedder_->space().has_text);
  EXPECT_TRUE(embedder_->is_remote());
}

TEST_F(RemoteImageEmbedderTest, VectorsAreCutOrFilledAndKeepTheirSize) {
  provider_.numbers = 6;
  open();
  EXPECT_EQ(embed(1).value().front().size(), 4U);
  provider_.numbers = 5;
  EXPECT_EQ(embed(1).error().code, ErrorCode::kBadGateway) << "another model has answered";
  provider_.numbers = 3;
  open();
  EXPECT_EQ(embed(1).value().front()[3], 0);
}

TEST_F(RemoteImageEmbedderTest, BackgroundRequestsAreRepeated) {
  open();
  provider_.answer_next({failing(503), failing(500)});
  EXPECT_TRUE(embed(1));
  EXPECT_EQ(provider_.requests().size(), 3U);
  EXPECT_EQ(waits_.size(), 2U);
  provider_.answer_next({failing(429, "Retry-After: 7\r\n")});
  EXPECT_TRUE(embed(1));
  EXPECT_GE(waits_.back(), std::chrono::seconds(7));
  stopped_ = true;
  provider_.answer_next({failing(500)});
  EXPECT_EQ(embed(1).error().code, ErrorCode::kCancelled);
}

TEST_F(RemoteImageEmbedderTest, SearchesGetOneAttemptAndFailFast) {
  open();
  provider_.answer_next({failing(500), failing(500), failing(500)});
  for (int i = 0; i < 3; ++i) EXPECT_EQ(embed_file().error().code, ErrorCode::kBadGateway);
  EXPECT_TRUE(waits_.empty());
  EXPECT_FALSE(embedder_->is_available());
  EXPECT_EQ(embed_file().error().code, ErrorCode::kUnavailable);
  EXPECT_EQ(provider_.requests().size(), 3U) << "nobody was asked";
  now_ = now_.load() + milliseconds(1001);
  EXPECT_TRUE(embed_file()) << "a trial call";
  EXPECT_TRUE(embedder_->is_available());
}

TEST_F(RemoteImageEmbedderTest, RejectedImagesDoNotOpenTheBreaker) {
  open();
  for (const int status : {400, 413, 422, 400}) {
    provider_.answer_next({failing(status)});
    const auto file = embed_file();
    EXPECT_EQ(file.error().code, ErrorCode::kInvalid);
    EXPECT_EQ(file.error().field, "image");
  }
  EXPECT_TRUE(embedder_->is_available());
}

TEST_F(RemoteImageEmbedderTest, NoErrorHasTheKey) {
  open();
  provider_.answer_next({failing(401)});
  const Error error = embed(1).error();
  EXPECT_EQ(error.code, ErrorCode::kUnauthorized);
  EXPECT_THAT(error.message, HasSubstr("EMBEDDING_API_KEY"));
  EXPECT_THAT(error.describe(), Not(HasSubstr(kSecretKey)));
  provider_.answer_next({failing(404)});
  EXPECT_THAT(embed(1).error().message, HasSubstr("EMBEDDING_MODEL"));
}

TEST_F(RemoteImageEmbedderTest, UnusableAnswersAndSilenceAreFailures) {
  auto own = options();
  own.interactive_timeout = milliseconds(200);
  embedder_ = RemoteImageEmbedder::make(own).value();
  provider_.answer_next({TestServer::answer(200, "<html>")});
  EXPECT_EQ(embed_file().error().code, ErrorCode::kBadGateway);
  provider_.hangs = true;
  EXPECT_EQ(embed_file().error().code, ErrorCode::kDeadlineExceeded);
}

TEST_F(RemoteImageEmbedderTest, NamesInvalidSettings) {
  const auto field = [this](auto change) {
    auto own = options();
    change(own);
    const auto made = RemoteImageEmbedder::make(own);
    return made ? std::string("none") : made.error().field;
  };
  using Options = RemoteImageEmbedder::Options;
  EXPECT_EQ(field([](Options& own) { own.provider = "magic"; }), "EMBEDDING_PROVIDER");
  EXPECT_EQ(field([](Options& own) { own.base_url = "ftp://x"; }), "EMBEDDING_BASE_URL");
  EXPECT_EQ(field([](Options& own) { own.base_url = ""; }), "EMBEDDING_BASE_URL");
  EXPECT_EQ(field([](Options& own) { own.model = ""; }), "EMBEDDING_MODEL");
  EXPECT_EQ(field([](Options& own) { own.provider = "marqo", own.model = "a/b"; }), "EMBEDDING_MODEL");
  EXPECT_EQ(field([](Options& own) { own.key = "two words"; }), "EMBEDDING_API_KEY");
  EXPECT_EQ(field([](Options& own) { own.dimensions = 5000; }), "EMBEDDING_DIMENSIONS");
  const Space jina = RemoteImageEmbedder::space_of({.provider = "jina"}).value();
  EXPECT_EQ(jina.name, "jina.jina-clip-v2");
  EXPECT_EQ(jina.dimensions, 1024);
  EXPECT_EQ(RemoteImageEmbedder::space_of({.provider = "cohere", .dimensions = 256}).value().version, "256");
}

}  // namespace
}  // namespace fit::embed
