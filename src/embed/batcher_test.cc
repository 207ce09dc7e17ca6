#include "embed/batcher.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <condition_variable>
#include <future>
#include <mutex>
#include <stdexcept>

#include "base/test_spans.h"

namespace fit::embed {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

// Embeds an image as (width, 1) and a text as (length, 2). Runs block while the gate is closed. An image of
// width 13 fails its batch, and one of width 14 throws.
class FakeEmbedder final : public Embedder {
 public:
  struct Watch {
    std::mutex mutex;
    std::condition_variable changed;
    bool open = true;
    int running = 0;
    int most_running = 0;
    std::vector<std::size_t> batches;

    void set_open(bool value) {
      const std::lock_guard lock(mutex);
      open = value;
      changed.notify_all();
    }
    void wait_for_running(int count) {
      std::unique_lock lock(mutex);
      changed.wait(lock, [&] { return running >= count; });
    }
  };

  explicit FakeEmbedder(Watch& watch) : watch_(watch) {}
  const Space& space() const override { return space_; }
  int image_short_side() const override { return 5; }
  Result<media::Image> prepare(const media::Image& image) const override {
    if (image.width == 99) return invalid("image", "cannot be prepared");
    return image;
  }
  Result<std::vector<Vector>> embed_images(std::span<const media::Image> images) override {
    const Run run(watch_, images.size());
    std::vector<Vector> vectors;
    for (const media::Image& image : images) {
      if (image.width == 13) return internal("the fake failed", "13");
      if (image.width == 14) throw std::runtime_error("fourteen");
      vectors.push_back({static_cast<float>(image.width), 1});
    }
    return vectors;
  }
  Result<std::vector<Vector>> embed_texts(std::span<const std::string> texts) override {
    const Run run(watch_, texts.size());
    std::vector<Vector> vectors;
    for (const std::string& text : texts) vectors.push_back({static_cast<float>(text.size()), 2});
    return vectors;
  }

 private:
  struct Run {
    Run(Watch& w, std::size_t size) : watch(w) {
      std::unique_lock lock(watch.mutex);
      watch.batches.push_back(size);
      watch.most_running = std::max(watch.most_running, ++watch.running);
      watch.changed.notify_all();
      watch.changed.wait(lock, [&] { return watch.open; });
    }
    ~Run() {
      const std::lock_guard lock(watch.mutex);
      --watch.running;
    }
    Run(const Run&) = delete;
    Run& operator=(const Run&) = delete;
    Watch& watch;
  };

  Watch& watch_;
  Space space_{"fake", "fake", "1", 2, true};
};

media::Image make_image(int width) {
  return {width, 1, std::vector<std::uint8_t>(static_cast<std::size_t>(width) * 3)};
}

class Batching : public ::testing::Test {
 protected:
  void make(BatchingEmbedder::Options options = {}) {
    batcher_ = std::make_unique<BatchingEmbedder>(std::make_unique<FakeEmbedder>(watch_), options);
  }
  ~Batching() override { watch_.set_open(true); }

  std::future<Result<std::vector<Vector>>> later(int width) {
    return std::async(std::launch::async, [this, width] {
      const media::Image image = make_image(width);
      return batcher_->embed_images(std::span(&image, 1));
    });
  }
  std::future<Result<std::vector<Vector>>> later(std::string text) {
    return std::async(std::launch::async,
                      [this, text] { return batcher_->embed_texts(std::span(&text, 1)); });
  }
  void wait_for_queued(std::size_t count) {
    while (batcher_->queued() < count) std::this_thread::yield();
  }

  FakeEmbedder::Watch watch_;
  std::unique_ptr<BatchingEmbedder> batcher_;
};

TEST_F(Batching, EmbedsASingleRequest) {
  make();
  EXPECT_EQ(later(7).get().value(), (std::vector<Vector>{{7, 1}}));
  EXPECT_EQ(later("four").get().value(), (std::vector<Vector>{{4, 2}}));
  EXPECT_EQ(batcher_->space().name, "fake");
  EXPECT_EQ(batcher_->image_short_side(), 5);
}

TEST_F(Batching, AcceptsEmptyCalls) {
  make();
  EXPECT_TRUE(batcher_->embed_images({}).value().empty());
  EXPECT_TRUE(batcher_->embed_texts({}).value().empty());
}

TEST_F(Batching, BatchesWaitingRequests) {
  make({.batch_size = 4});
  watch_.set_open(false);
  auto first = later(1);
  watch_.wait_for_running(1);
  std::vector<std::future<Result<std::vector<Vector>>>> others;
  for (int width = 2; width <= 8; ++width) others.push_back(later(width));
  wait_for_queued(7);
  watch_.set_open(true);
  EXPECT_EQ(first.get().value().front(), (Vector{1, 1}));
  for (int width = 2; width <= 8; ++width) {
    EXPECT_EQ(others[static_cast<std::size_t>(width - 2)].get().value().front(),
              (Vector{static_cast<float>(width), 1}));
  }
  EXPECT_THAT(watch_.batches, ElementsAre(1, 4, 3));
}

TEST_F(Batching, ABatchLinksTheTracesOfItsInputs) {
  KeptSpans spans;
  make({.batch_size = 4});
  watch_.set_open(false);
  auto untraced = later(1);
  watch_.wait_for_running(1);
  std::vector<std::string> traces;
  std::vector<std::future<Result<std::vector<Vector>>>> others;
  for (int width = 2; width <= 4; ++width) {
    const RootSpan root = Tracer(spans, 1).begin("request", SpanKind::kServer, "");
    traces.push_back(root.work().trace.trace_id());
    others.push_back(std::async(std::launch::async, [this, width, work = root.work()] {
      const WorkScope scope(work);
      const media::Image image = make_image(width);
      return batcher_->embed_images(std::span(&image, 1));
    }));
  }
  wait_for_queued(3);
  watch_.set_open(true);
  for (auto& one : others) EXPECT_TRUE(one.get());
  EXPECT_TRUE(untraced.get());
  batcher_.reset();
  std::vector<std::string> batched;
  for (const SpanRecord& one : spans.records) {
    if (one.name != "embed batch") continue;
    batched.push_back(one.context.trace_id());
    for (const TraceContext& link : one.links) batched.push_back(link.trace_id());
  }
  EXPECT_THAT(batched, ::testing::UnorderedElementsAreArray(traces));
  EXPECT_EQ(std::ranges::count(spans.records, "embed images", &SpanRecord::name), 3);
}

TEST_F(Batching, SplitsLargeCallsAndPreservesOrder) {
  make({.batch_size = 3, .max_queued = 3});
  std::vector<media::Image> images;
  std::vector<Vector> expected;
  for (int width = 20; width < 30; ++width) {
    images.push_back(make_image(width));
    expected.push_back({static_cast<float>(width), 1});
  }
  EXPECT_EQ(batcher_->embed_images(images).value(), expected);
  EXPECT_THAT(watch_.batches, ElementsAre(3, 3, 3, 1));
}

TEST_F(Batching, ImagesAndTextsDoNotMix) {
  make({.batch_size = 8});
  watch_.set_open(false);
  auto first = later(1);
  watch_.wait_for_running(1);
  auto image = later(2);
  auto text = later("abc");
  wait_for_queued(2);
  watch_.set_open(true);
  EXPECT_EQ(image.get().value().front(), (Vector{2, 1}));
  EXPECT_EQ(text.get().value().front(), (Vector{3, 2}));
  EXPECT_THAT(watch_.batches, ElementsAre(1, 1, 1));
}

TEST_F(Batching, RejectsCallsWhenTheQueueIsFull) {
  Metrics metrics;
  make({.batch_size = 1, .max_queued = 1, .metrics = &metrics});
  watch_.set_open(false);
  auto running = later(1);
  watch_.wait_for_running(1);
  auto waiting = later(2);
  wait_for_queued(1);
  for (int i = 0; i < 3; ++i) {
    const auto rejected = later(3).get();
    ASSERT_FALSE(rejected);
    EXPECT_EQ(rejected.error().code, ErrorCode::kTooManyRequests);
  }
  watch_.set_open(true);
  EXPECT_TRUE(waiting.get());
  EXPECT_TRUE(running.get());
  EXPECT_THAT(metrics.expose(), HasSubstr("fit_embed_rejected_total{kind=\"image\",space=\"fake\"} 3"));
}

TEST_F(Batching, ABadImageDoesNotFailTheOthers) {
  for (const int bad : {13, 14}) {
    make({.batch_size = 4});
    std::vector<std::future<Result<std::vector<Vector>>>> calls;
    watch_.set_open(false);
    calls.push_back(later(1));
    watch_.wait_for_running(1);
    calls.push_back(later(2));
    calls.push_back(later(bad));
    calls.push_back(later(3));
    wait_for_queued(3);
    watch_.set_open(true);
    EXPECT_EQ(calls[1].get().value().front(), (Vector{2, 1}));
    EXPECT_EQ(calls[3].get().value().front(), (Vector{3, 1}));
    const auto failed = calls[2].get();
    ASSERT_FALSE(failed);
    EXPECT_EQ(failed.error().code, ErrorCode::kInternal);
    calls[0].get().value();
  }
}

TEST_F(Batching, ReturnsTheErrorOfALargeCall) {
  make({.batch_size = 2});
  const std::vector<media::Image> images{make_image(1), make_image(2), make_image(3), make_image(13),
                                         make_image(4)};
  EXPECT_FALSE(batcher_->embed_images(images));
  const std::vector<media::Image> unprepared{make_image(1), make_image(2), make_image(99)};
  const auto result = batcher_->embed_images(unprepared);
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().field, "image");
}

TEST_F(Batching, RunsBatchesConcurrently) {
  make({.batch_size = 1, .max_concurrent = 3});
  watch_.set_open(false);
  std::vector<std::future<Result<std::vector<Vector>>>> calls;
  for (int i = 0; i < 5; ++i) calls.push_back(later(i + 1));
  watch_.wait_for_running(3);
  watch_.set_open(true);
  for (auto& call : calls) EXPECT_TRUE(call.get());
  EXPECT_EQ(watch_.most_running, 3);
}

TEST_F(Batching, StopFailsQueuedRequests) {
  make({.batch_size = 1});
  watch_.set_open(false);
  auto running = later(1);
  watch_.wait_for_running(1);
  auto waiting = later(2);
  wait_for_queued(1);
  auto stopping = std::async(std::launch::async, [this] { batcher_->stop(); });
  const auto stopped = waiting.get();
  ASSERT_FALSE(stopped);
  EXPECT_EQ(stopped.error().code, ErrorCode::kUnavailable);
  watch_.set_open(true);
  stopping.get();
  EXPECT_TRUE(running.get());
  batcher_->stop();
  const auto late = later(3).get();
  ASSERT_FALSE(late);
  EXPECT_EQ(late.error().code, ErrorCode::kUnavailable);
}

TEST_F(Batching, ConcurrentCallersGetTheirOwnVectors) {
  Metrics metrics;
  make({.batch_size = 5, .max_concurrent = 2, .max_queued = 1000, .metrics = &metrics});
  std::atomic<int> right = 0;
  std::vector<std::thread> threads;
  for (int t = 0; t < 8; ++t) {
    threads.emplace_back([&, t] {
      for (int i = 0; i < 50; ++i) {
        const int width = 100 + t * 50 + i;
        const media::Image image = make_image(width);
        const auto vectors = batcher_->embed_images(std::span(&image, 1));
        if (vectors && vectors->front() == Vector{static_cast<float>(width), 1}) ++right;
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(right, 400);
  EXPECT_THAT(metrics.expose(), HasSubstr("fit_embed_batch_size_sum{kind=\"image\",space=\"fake\"} 400"));
}

}  // namespace
}  // namespace fit::embed
