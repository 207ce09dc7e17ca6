#include "catalog/text_vectors.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/format.h"
#include "base/temp_dir.h"

namespace fit::catalog {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

constexpr int kDimensions = 4;

// A provider in this process. It counts its calls, can be made unavailable, and rejects texts with "refuse".
class FakeProvider final : public embed::TextEmbedder {
 public:
  const embed::Space& space() const override { return space_; }
  Result<std::vector<embed::Vector>> embed(std::span<const std::string> given, embed::Priority) override {
    ++calls;
    if (away) return Error{ErrorCode::kUnavailable, "away", {}, {}};
    std::vector<embed::Vector> vectors;
    for (const std::string& text : given) {
      if (text.contains("refuse")) return invalid("text", "refused");
      embed::Vector vector{1, static_cast<float>(text.size()), 0, 0};
      FIT_CHECK(embed::normalize(vector, kDimensions, "fake"));
      vectors.push_back(std::move(vector));
    }
    texts.insert(texts.end(), given.begin(), given.end());
    return vectors;
  }
  bool is_available() const override { return !away; }

  bool away = false;
  int calls = 0;
  std::vector<std::string> texts;

 private:
  embed::Space space_{
      .name = "texts", .model = "fake", .version = "1", .dimensions = kDimensions, .has_text = true};
};

class TextVectorsTest : public ::testing::Test {
 protected:
  TextVectorsTest() {
    store_ = store::open_catalogue("sqlite:///" + (folder_.path() / "fit.db").string()).value();
    space_ = store_->spaces().ensure({"texts", "fake", "1", kDimensions, domain::VectorsOf::kTexts}).value();
    open();
  }
  void open() {
    vectors_ = std::make_unique<TextVectors>(TextVectors::Parts{.store = *store_,
                                                                .embedder = provider_,
                                                                .space_id = space_.id,
                                                                .log = Log::silent(),
                                                                .metrics = metrics_,
                                                                .on_change = [this] { ++changes_; }});
  }
  ItemId put(int number, const std::string& title, double price = 10) {
    domain::ItemWrite item;
    item.listing.source = "test";
    item.listing.external_id = std::to_string(number);
    item.listing.title = title;
    item.listing.price = price;
    item.listing.currency = "USD";
    return store_->items().upsert(std::span(&item, 1)).value().front().id;
  }
  Result<TextVectors::Report> fill(const Progress& progress = {}, const std::stop_token& stop = {}) {
    TextVectors::Report report;
    FIT_CHECK(vectors_->fill(progress, stop, report));
    return report;
  }
  Result<TextVectors::Report> follow() {
    TextVectors::Report report;
    FIT_CHECK(vectors_->follow({}, {}, report));
    return report;
  }
  std::int64_t count() { return store_->vectors().count(space_.id).value(); }

  TempDir folder_;
  Metrics metrics_;
  FakeProvider provider_;
  std::unique_ptr<store::Catalogue> store_;
  domain::SpaceRecord space_;
  std::unique_ptr<TextVectors> vectors_;
  int changes_ = 0;
};

TEST(TextOf, HasTheFieldsOfTheListing) {
  domain::Listing listing;
  EXPECT_EQ(text_of(listing), "");
  listing.title = " Denim jacket ";
  listing.brand = "Levi's";
  listing.properties[*domain::property_index("primary_color")] = "blue";
  listing.properties[*domain::property_index("material")] = "denim";
  listing.description = std::string(999, 'x') + "\xc3\xa4 and more";
  const std::string text = text_of(listing);
  EXPECT_THAT(text, HasSubstr("Denim jacket\nLevi's\n"));
  EXPECT_THAT(text, HasSubstr("primary color: blue"));
  EXPECT_THAT(text, HasSubstr("material: denim"));
  EXPECT_TRUE(text.ends_with("x")) << "cut between characters";
}

TEST_F(TextVectorsTest, EveryItemGetsOne) {
  for (int i = 0; i < 150; ++i) put(i, fit::format("item {}", i));
  const auto report = fill();
  ASSERT_TRUE(report) << report.error().describe();
  EXPECT_EQ(report->done, 150);
  EXPECT_EQ(count(), 150);
  EXPECT_EQ(provider_.calls, 3);
  EXPECT_EQ(changes_, 3);
  EXPECT_EQ(fill()->done, 0);
  EXPECT_EQ(provider_.calls, 3);
}

TEST_F(TextVectorsTest, FollowsLaterWrites) {
  put(1, "one");
  ASSERT_TRUE(follow()) << "all of them, the first time";
  EXPECT_EQ(count(), 1);
  put(2, "two");
  const auto report = follow();
  ASSERT_TRUE(report);
  EXPECT_EQ(report->done, 1);
  EXPECT_EQ(count(), 2);
  EXPECT_EQ(follow()->done, 0) << "its own writes are nothing new";
  EXPECT_EQ(provider_.calls, 2);
}

TEST_F(TextVectorsTest, EmbedsChangedTextsAndIgnoresChangedPrices) {
  const ItemId item = put(1, "one");
  ASSERT_TRUE(follow());
  put(1, "one", 99);
  auto report = follow();
  ASSERT_TRUE(report);
  EXPECT_EQ(report->done, 0);
  EXPECT_EQ(report->unchanged, 1);
  put(1, "another");
  report = follow();
  ASSERT_TRUE(report);
  EXPECT_EQ(report->done, 1);
  const auto stored = store_->vectors().of_items(space_.id, std::span(&item, 1)).value();
  ASSERT_EQ(stored.size(), 1U);
  EXPECT_NEAR(stored[0].values[1] / stored[0].values[0], 7, 1e-4);

  put(1, "a third, while nobody follows");
  open();
  EXPECT_EQ(follow()->done, 1);
}

TEST_F(TextVectorsTest, ContinuesAfterAnOutageOfTheProvider) {
  for (int i = 0; i < 100; ++i) put(i, fit::format("item {}", i));
  provider_.away = true;
  EXPECT_EQ(follow().error().code, ErrorCode::kUnavailable);
  provider_.away = false;
  ASSERT_TRUE(follow());
  EXPECT_EQ(count(), 100);
  provider_.away = true;
  for (int i = 100; i < 200; ++i) put(i, fit::format("item {}", i));
  EXPECT_FALSE(follow());
  EXPECT_FALSE(follow());
  provider_.away = false;
  ASSERT_TRUE(follow());
  EXPECT_EQ(count(), 200);
}

TEST_F(TextVectorsTest, RejectedTextsDoNotDelayOthers) {
  for (int i = 0; i < 10; ++i) put(i, i == 4 ? "refuse me" : fit::format("item {}", i));
  const auto report = fill();
  ASSERT_TRUE(report) << report.error().describe();
  EXPECT_EQ(report->done, 9);
  EXPECT_EQ(report->refused, 1);
  const int calls = provider_.calls;
  ASSERT_TRUE(fill());
  EXPECT_EQ(provider_.calls, calls) << "rejected texts are not sent again";
}

TEST_F(TextVectorsTest, ResumesAfterAStop) {
  for (int i = 0; i < 200; ++i) put(i, fit::format("item {}", i));
  std::stop_source stop;
  TextVectors::Report first;
  const auto stopped = vectors_->fill(
      [&](std::int64_t done, std::int64_t) {
        if (done >= 64) stop.request_stop();
      },
      stop.get_token(), first);
  ASSERT_FALSE(stopped);
  EXPECT_EQ(stopped.error().code, ErrorCode::kCancelled);
  EXPECT_EQ(first.done, 64);
  ASSERT_TRUE(follow());
  EXPECT_EQ(count(), 200);
}

}  // namespace
}  // namespace fit::catalog
