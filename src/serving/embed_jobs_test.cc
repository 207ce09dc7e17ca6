#include "serving/embed_jobs.h"

#include <gtest/gtest.h>

#include "serving/test_support.h"
#include "serving/vector_filler.h"

namespace fit::serving {
namespace {

class EmbedJobsTest : public ::testing::Test {
 protected:
  EmbedJobsTest()
      : queue_(catalogue_.bench.store->database()),
        jobs_(
            queue_,
            [this](ItemId item, const std::stop_token& stop) {
              return space_->catalog().embed_item(item, stop);
            },
            Log::silent()) {
    SearchedSpace::Parts parts = catalogue_.parts();
    parts.embed_later = [this](std::span<const ItemId> items) { jobs_.add(items); };
    space_ = SpaceOpener(std::move(parts), catalogue_.options()).open(std::nullopt).value();
  }

  ItemId put(const std::string& title, const std::vector<std::uint64_t>& images) {
    return space_->catalog().put(catalog::testing::shop_row("1", title, images)).value().id;
  }
  std::vector<jobs::Job> waiting() { return queue_.list({.state = jobs::State::kWaiting}).value(); }
  // Does the only job that waits.
  Result<void> work() {
    const auto claimed =
        queue_.claim({.worker = "one", .kinds = {{.kind = "embed", .limit = 2}}, .limit = 2});
    EXPECT_EQ(claimed->size(), 1U);
    const auto done = jobs_.handler().run(claimed->front(), {});
    EXPECT_TRUE(queue_.finish(claimed->front(), {}));
    return done;
  }
  std::int64_t vectors() { return catalogue_.count_vectors(space_->record()); }

  testing::TestCatalogue catalogue_;
  jobs::Queue queue_;
  EmbedJobs jobs_;
  std::unique_ptr<SearchedSpace> space_;
};

TEST_F(EmbedJobsTest, AWriteQueuesItsImagesAndTheJobEmbedsThem) {
  const ItemId item = put("a coat", {1, 2});
  EXPECT_EQ(vectors(), 0);
  ASSERT_EQ(waiting().size(), 1U);
  EXPECT_EQ(waiting().front().kind, "embed");
  ASSERT_TRUE(work());
  EXPECT_EQ(vectors(), 2);
  // A repetition finds nothing to do.
  jobs_.add(std::span(&item, 1));
  ASSERT_TRUE(work());
  EXPECT_EQ(vectors(), 2);
}

TEST_F(EmbedJobsTest, AnItemHasOneJobAndNoneWhenItsImagesHaveVectors) {
  put("a coat", {1});
  put("a coat", {1, 2});
  EXPECT_EQ(waiting().size(), 1U);
  ASSERT_TRUE(work());
  EXPECT_EQ(vectors(), 2);
  put("a warm coat", {1, 2});
  EXPECT_EQ(waiting().size(), 0U);
}

TEST_F(EmbedJobsTest, ALostJobIsAskedForAgain) {
  put("a coat", {1});
  ASSERT_TRUE(queue_.cancel(waiting().front().id));
  VectorFiller filler(space_->catalog(), *catalogue_.bench.store, Log::silent(),
                      [this](std::span<const ItemId> items) { jobs_.add(items); });
  ASSERT_TRUE(filler.fill({}));
  EXPECT_EQ(vectors(), 0);
  EXPECT_EQ(waiting().size(), 1U);
}

TEST_F(EmbedJobsTest, AnItemThatIsGoneIsDone) {
  const ItemId item = put("a coat", {1});
  ASSERT_TRUE(space_->catalog().remove(item));
  EXPECT_TRUE(work());
}

TEST_F(EmbedJobsTest, OneImageThatCannotBeFetchedDoesNotPauseTheQueue) {
  const auto classify = jobs_.handler().classify;
  EXPECT_EQ(classify({ErrorCode::kUnavailable, "the host is down", "image", {}}),
            jobs::ErrorClass::kTransient);
  EXPECT_EQ(classify({ErrorCode::kUnavailable, "the model is down", {}, {}}), jobs::ErrorClass::kDependency);
  EXPECT_EQ(classify({ErrorCode::kMalformed, "no image", "image", {}}), jobs::ErrorClass::kBadInput);
}

}  // namespace
}  // namespace fit::serving
