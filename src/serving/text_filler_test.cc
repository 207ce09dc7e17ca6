#include "serving/text_filler.h"

#include <gtest/gtest.h>

#include <atomic>
#include <semaphore>

#include "serving/searched_texts.h"
#include "serving/test_support.h"

namespace fit::serving {
namespace {

using std::chrono::milliseconds;

// A text embedder in this process that can be made unavailable.
class FakeProvider final : public embed::TextEmbedder {
 public:
  const embed::Space& space() const override { return space_; }
  Result<std::vector<embed::Vector>> embed(std::span<const std::string> texts, embed::Priority) override {
    if (!available) return Error{ErrorCode::kUnavailable, "the provider does not respond", {}, {}};
    return std::vector<embed::Vector>(texts.size(), embed::Vector{1, 0});
  }
  bool is_available() const override { return available; }
  void probe() override { ++tries; }
  milliseconds retry_in() const override { return available ? milliseconds(0) : milliseconds(7'000); }

  std::atomic<bool> available = true;
  std::atomic<int> tries = 0;

 private:
  const embed::Space space_{
      .name = "texts", .model = "fake", .version = "1", .dimensions = 2, .has_text = true};
};

class TextFillerTest : public ::testing::Test {
 protected:
  TextFillerTest()
      : texts_(SearchedTexts::open({.store = *catalogue_.bench.store,
                                    .embedder = provider_,
                                    .cache = nullptr,
                                    .log = Log::silent(),
                                    .metrics = catalogue_.metrics,
                                    .on_change = [this] { changed_.release(); }},
                                   {})
                   .value()),
        space_(catalogue_.opener.open(std::nullopt).value()),
        filler_({.vectors = texts_->vectors(), .embedder = provider_, .log = Log::silent()}) {}

  std::int64_t filled() { return catalogue_.bench.store->vectors().count(texts_->space().id).value(); }

  FakeProvider provider_;
  std::counting_semaphore<> changed_{0};
  testing::TestCatalogue catalogue_;
  std::unique_ptr<SearchedTexts> texts_;
  std::unique_ptr<SearchedSpace> space_;
  TextFiller filler_;
};

TEST_F(TextFillerTest, EmbedsTheTextsOfItems) {
  catalogue_.put(*space_, 1);
  const auto outcome = filler_.fill({});
  EXPECT_TRUE(outcome.is_filled);
  EXPECT_EQ(filled(), 1);
  catalogue_.put(*space_, 2);
  EXPECT_TRUE(filler_.fill({}).is_filled);
  EXPECT_EQ(filled(), 2);
}

TEST_F(TextFillerTest, ItemsWaitForAnUnavailableProvider) {
  catalogue_.put(*space_, 1);
  provider_.available = false;
  const auto outcome = filler_.fill({});
  EXPECT_FALSE(outcome.is_filled);
  EXPECT_EQ(outcome.next_after, milliseconds(7'000)) << "not before the provider may be tried again";
  EXPECT_EQ(provider_.tries, 1);
  EXPECT_EQ(filled(), 0);
  provider_.available = true;
  EXPECT_TRUE(filler_.fill({}).is_filled);
  EXPECT_EQ(filled(), 1);
}

TEST_F(TextFillerTest, TheThreadFillsWhenNotified) {
  filler_.start();
  catalogue_.put(*space_, 1);
  filler_.notify();
  EXPECT_TRUE(changed_.try_acquire_for(std::chrono::seconds(30)));
  filler_.stop();
  EXPECT_EQ(filled(), 1);
}

}  // namespace
}  // namespace fit::serving
