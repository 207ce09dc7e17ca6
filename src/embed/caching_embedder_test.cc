#include "embed/caching_embedder.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "cache/memory_cache.h"

namespace fit::embed {
namespace {

constexpr int kDimensions = 4;

// Embeds a text by its length and an image by its width, and counts the inputs.
class CountingEmbedder final : public Embedder {
 public:
  explicit CountingEmbedder(std::string version = "1") { space_.version = std::move(version); }
  const Space& space() const override { return space_; }
  int image_short_side() const override { return 8; }
  Result<std::vector<Vector>> embed_images(std::span<const media::Image> images) override {
    std::vector<Vector> vectors;
    for (const media::Image& image : images) vectors.push_back(vector(static_cast<float>(image.width)));
    images_ += static_cast<int>(images.size());
    return vectors;
  }
  Result<std::vector<Vector>> embed_texts(std::span<const std::string> texts) override {
    std::vector<Vector> vectors;
    for (const std::string& text : texts) vectors.push_back(vector(static_cast<float>(text.size())));
    texts_ += static_cast<int>(texts.size());
    return vectors;
  }
  static Vector vector(float number) {
    Vector vector{1, number, 2, 3};
    EXPECT_TRUE(normalize(vector, kDimensions, "counting"));
    return vector;
  }
  int images_ = 0;
  int texts_ = 0;

 private:
  Space space_{
      .name = "counting", .model = "counting", .version = {}, .dimensions = kDimensions, .has_text = true};
};

// Returns the same value for every key.
class HostileCache final : public cache::Cache {
 public:
  std::optional<cache::Found> get(std::string_view) override {
    return cache::Found{value, std::chrono::hours(1), cache::Level::kRedis};
  }
  void put(std::string_view, ByteView, cache::milliseconds) override {}
  std::size_t max_value_bytes() const override { return 1000; }
  Bytes value;
};

class CachingEmbedderTest : public testing::Test {
 protected:
  static void SetUpTestSuite() { ASSERT_TRUE(media::start_vips()); }

  std::unique_ptr<CachingEmbedder> around(cache::Cache& cache, std::string version = "1") {
    auto inner = std::make_unique<CountingEmbedder>(std::move(version));
    inner_ = inner.get();
    return std::make_unique<CachingEmbedder>(std::move(inner), cache, std::chrono::hours(1), metrics_);
  }
  static Bytes image(std::uint8_t grey) {
    const media::Image image{.width = 16, .height = 16, .rgb = std::vector<std::uint8_t>(16 * 16 * 3, grey)};
    return media::encode_png(image).value();
  }

  Metrics metrics_;
  cache::MemoryCache cache_{{}};
  CountingEmbedder* inner_ = nullptr;
};

TEST_F(CachingEmbedderTest, EmbedsATextOnce) {
  const auto embedder = around(cache_);
  const std::vector<std::string> first = {"red", "jacket"};
  ASSERT_TRUE(embedder->embed_texts(first));
  const std::vector<std::string> second = {"jacket", "boots", "red"};
  const auto vectors = embedder->embed_texts(second);
  ASSERT_TRUE(vectors);
  EXPECT_EQ(inner_->texts_, 3);
  EXPECT_EQ((*vectors)[0], CountingEmbedder::vector(6));
  EXPECT_EQ((*vectors)[1], CountingEmbedder::vector(5));
  EXPECT_EQ((*vectors)[2], CountingEmbedder::vector(3));
}

TEST_F(CachingEmbedderTest, DecodesAndEmbedsAFileOnce) {
  const auto embedder = around(cache_);
  for (int i = 0; i < 3; ++i) {
    const auto vector = embedder->embed_file("image", image(10), {});
    ASSERT_TRUE(vector) << vector.error().describe();
    EXPECT_EQ(*vector, CountingEmbedder::vector(16));
  }
  EXPECT_EQ(inner_->images_, 1);
  ASSERT_TRUE(embedder->embed_file("image", image(11), {}));
  EXPECT_EQ(inner_->images_, 2) << "another image";
}

TEST_F(CachingEmbedderTest, AppliesStricterLimitsToCachedFiles) {
  const auto embedder = around(cache_);
  ASSERT_TRUE(embedder->embed_file("image", image(10), {}));
  const auto rejected = embedder->embed_file("image", image(10), {.max_pixels = 100});
  ASSERT_FALSE(rejected);
  EXPECT_EQ(rejected.error().code, ErrorCode::kTooLarge);
  EXPECT_FALSE(embedder->embed_file("image", image(10), {.max_bytes = 10}));
}

TEST_F(CachingEmbedderTest, DoesNotCacheErrors) {
  const auto embedder = around(cache_);
  const auto broken = embedder->embed_file("photo", as_bytes("not an image"), {});
  ASSERT_FALSE(broken);
  EXPECT_EQ(broken.error().field, "photo");
  EXPECT_EQ(cache_.stats().entries, 0U);
}

TEST_F(CachingEmbedderTest, SharesNothingBetweenModelVersions) {
  const std::vector<std::string> texts = {"red"};
  ASSERT_TRUE(around(cache_, "1")->embed_texts(texts));
  const auto newer = around(cache_, "2");
  ASSERT_TRUE(newer->embed_texts(texts));
  EXPECT_EQ(inner_->texts_, 1);
}

TEST_F(CachingEmbedderTest, IgnoresCachedValuesThatAreNoVectorOfTheSpace) {
  HostileCache hostile;
  const auto embedder = around(hostile);
  const auto put = [&](const Vector& vector) {
    const ByteView bytes = std::as_bytes(std::span(vector));
    hostile.value.assign(bytes.begin(), bytes.end());
  };
  const float nan = std::numeric_limits<float>::quiet_NaN();
  const std::vector<std::string> texts = {"red"};
  int computed = 0;
  for (const Vector& vector :
       {Vector{}, Vector{1, 0, 0}, Vector{1, 0, 0, 0, 0}, Vector{0, 0, 0, 0}, Vector{5, 0, 0, 0},
        Vector{nan, 0, 0, 1}, Vector{std::numeric_limits<float>::infinity(), 0, 0, 1}}) {
    put(vector);
    const auto vectors = embedder->embed_texts(texts);
    ASSERT_TRUE(vectors);
    EXPECT_EQ(vectors->front(), CountingEmbedder::vector(3));
    EXPECT_EQ(inner_->texts_, ++computed);
  }
  hostile.value.resize(7);
  ASSERT_TRUE(embedder->embed_texts(texts));
  EXPECT_EQ(inner_->texts_, ++computed);
}

}  // namespace
}  // namespace fit::embed
