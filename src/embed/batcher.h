#pragma once

#include <cstddef>
#include <memory>

#include "base/metrics.h"
#include "embed/embedder.h"

namespace fit::embed {

// An Embedder that runs concurrent requests to another embedder in batches. A free model takes up to
// `batch_size` queued inputs at once and never waits for more. Images are prepared on the callers' threads.
// When a batch fails, its inputs are run one by one, so that one bad input does not fail the others.
// Thread-safe; calls block until their vectors are computed. The destructor calls stop().
class BatchingEmbedder final : public Embedder {
 public:
  // The size of batches and of the queue.
  struct Options {
    int batch_size = 16;           // largest number of inputs in one run of the model
    int max_concurrent = 1;        // concurrent runs, each on a thread of this object
    std::size_t max_queued = 512;  // largest number of waiting inputs; beyond it, kTooManyRequests
    Metrics* metrics = nullptr;    // fit_embed_*; must outlive this object
  };

  BatchingEmbedder(std::unique_ptr<Embedder> inner, Options options);
  ~BatchingEmbedder() override;
  BatchingEmbedder(const BatchingEmbedder&) = delete;
  BatchingEmbedder& operator=(const BatchingEmbedder&) = delete;

  const Space& space() const override;
  int image_short_side() const override;
  Result<media::Image> prepare(const media::Image& image) const override;

  // Errors are those of the inner embedder; kTooManyRequests when the queue is full at the start of the call;
  // kUnavailable after stop(). A call with more inputs than a batch queues one batch after another and waits
  // for room in the queue.
  Result<std::vector<Vector>> embed_images(std::span<const media::Image> images) override;
  Result<std::vector<Vector>> embed_texts(std::span<const std::string> texts) override;
  std::size_t count_tokens(std::string_view text) const override;
  Result<std::vector<PropertyPredictions>> predict(std::span<const Vector> vectors) override;
  Result<std::vector<std::vector<float>>> score_labels(std::span<const Vector> vectors,
                                                       std::span<const Label> labels) override;

  // Number of images and texts that wait for a free model.
  std::size_t queued() const;

  // Fails the queued inputs with kUnavailable, waits for running batches and joins the threads. Further calls
  // have no effect.
  void stop();

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace fit::embed
