#pragma once

#include <cstddef>
#include <memory>

#include "base/metrics.h"
#include "embed/embedder.h"

namespace fit::embed {

// An Embedder around another in which requests that come at the same time meet in one batch. A free model
// takes what is queued, up to `batch_size`, at once: nobody waits for company. Images are prepared on the
// callers' threads. When a batch of several fails, each is tried alone, so that one bad image spoils no
// other's answer. Thread-safe; calls block until answered. The destructor is stop().
class BatchingEmbedder final : public Embedder {
 public:
  struct Options {
    int batch_size = 16;           // at most so many in one run of the model
    int max_concurrent = 1;        // runs at the same time, each on a thread of this object
    std::size_t max_queued = 512;  // waiting images and texts; one more is kTooManyRequests
    Metrics* metrics = nullptr;    // fit_embed_*; must outlive this object
  };

  BatchingEmbedder(std::unique_ptr<Embedder> inner, Options options);
  ~BatchingEmbedder() override;
  BatchingEmbedder(const BatchingEmbedder&) = delete;
  BatchingEmbedder& operator=(const BatchingEmbedder&) = delete;

  const Space& space() const override;
  int image_short_side() const override;
  Result<media::Image> prepare(const media::Image& image) const override;

  // As the inner embedder's. kTooManyRequests when the queue is full at the start; a call with more than a
  // batch queues one batch after another, and waits for room. kUnavailable after stop().
  Result<std::vector<Vector>> embed_images(std::span<const media::Image> images) override;
  Result<std::vector<Vector>> embed_texts(std::span<const std::string> texts) override;
  Result<std::vector<PropertyPredictions>> predict(std::span<const Vector> vectors) override;
  Result<std::vector<std::vector<float>>> score_labels(std::span<const Vector> vectors,
                                                       std::span<const Label> labels) override;

  // Images and texts that wait for a free model now.
  std::size_t queued() const;

  // Answers what is queued with kUnavailable, lets running batches end and joins the threads. Call it any
  // number of times.
  void stop();

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace fit::embed
