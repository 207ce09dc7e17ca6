#include "embed/batcher.h"

#include <algorithm>
#include <chrono>
#include <condition_variable>
#include <deque>
#include <exception>
#include <mutex>
#include <optional>
#include <thread>

#include "base/format.h"
#include "base/stopwatch.h"
#include "base/trace.h"

namespace fit::embed {
namespace {

using Clock = std::chrono::steady_clock;

// A batch of one caller. Guarded by State::mutex.
struct Call {
  std::vector<Vector> vectors;
  std::optional<Error> error;  // the first error
  std::size_t left = 0;        // inputs without a result
  std::condition_variable done;
};

template <class Input>
struct QueuedInput {
  Input input;
  std::shared_ptr<Call> call;
  std::size_t index;  // the input's index in its call
  Clock::time_point queued_at;
  Work work;  // of its caller, without its texts
};

// The metrics of one queue; all null without Options::metrics.
struct QueueMetrics {
  Histogram* batch_size = nullptr;
  Histogram* wait = nullptr;
  Histogram* model = nullptr;
  Counter* rejected = nullptr;
  Counter* failed = nullptr;

  QueueMetrics(Metrics* metrics, const std::string& space, const std::string& kind) {
    if (metrics == nullptr) return;
    const Labels labels{{"space", space}, {"kind", kind}};
    batch_size = &metrics->histogram("fit_embed_batch_size", "Requests in one run of an embedding model",
                                     {1, 2, 4, 8, 16, 32, 64, 128}, labels);
    wait =
        &metrics->latency("fit_embed_wait_seconds", "Time a request waited for an embedding model", labels);
    model = &metrics->latency("fit_embed_model_seconds", "Time of one run of an embedding model", labels);
    rejected =
        &metrics->counter("fit_embed_rejected_total", "Requests rejected because the queue was full", labels);
    failed =
        &metrics->counter("fit_embed_failed_total", "Requests that failed in an embedding model", labels);
  }
};

// The waiting inputs of one kind.
template <class Input>
struct InputQueue {
  std::deque<QueuedInput<Input>> pending;
  QueueMetrics metrics;
};

Error stopped_error() {
  return Error{ErrorCode::kUnavailable, "the embedder is stopping", {}, {}};
}

}  // namespace

struct BatchingEmbedder::State {
  std::unique_ptr<Embedder> inner;
  Options options;
  std::mutex mutex;
  std::condition_variable work;  // inputs are queued, or the embedder stops
  std::condition_variable room;  // inputs were taken from a queue, or the embedder stops
  bool stopping = false;
  InputQueue<media::Image> images;
  InputQueue<std::string> texts;
  std::vector<std::thread> threads;
  std::mutex stop_mutex;

  State(std::unique_ptr<Embedder> embedder, Options o)
      : inner(std::move(embedder)),
        options(o),
        images{{}, QueueMetrics(o.metrics, inner->space().name, "image")},
        texts{{}, QueueMetrics(o.metrics, inner->space().name, "text")} {
    options.batch_size = std::max(1, options.batch_size);
    options.max_concurrent = std::max(1, options.max_concurrent);
    options.max_queued = std::max(options.max_queued, static_cast<std::size_t>(options.batch_size));
  }

  std::size_t queued() const { return images.pending.size() + texts.pending.size(); }

  // Queues a caller's inputs. A full queue is an error, or waited for with `wait_for_room`.
  template <class Input>
  Result<std::shared_ptr<Call>> submit(InputQueue<Input>& queue, std::vector<Input> inputs,
                                       bool wait_for_room) {
    auto call = std::make_shared<Call>();
    call->vectors.resize(inputs.size());
    call->left = inputs.size();
    const auto now = Clock::now();
    Work work_for = current_work();
    work_for.request_id = {};  // the request may end before the batch
    {
      std::unique_lock lock(mutex);
      const auto fits = [&] { return stopping || queued() + inputs.size() <= options.max_queued; };
      if (wait_for_room) room.wait(lock, fits);
      if (stopping) return stopped_error();
      if (!fits()) {
        if (queue.metrics.rejected != nullptr)
          queue.metrics.rejected->add(static_cast<double>(inputs.size()));
        return Error{ErrorCode::kTooManyRequests,
                     "too many images and texts wait for the embedding model; try again later",
                     {},
                     {}};
      }
      for (std::size_t i = 0; i < inputs.size(); ++i)
        queue.pending.push_back({std::move(inputs[i]), call, i, now, work_for});
    }
    work.notify_one();
    return call;
  }

  Result<std::vector<Vector>> wait_for(Call& call) {
    std::unique_lock lock(mutex);
    call.done.wait(lock, [&] { return call.left == 0; });
    if (call.error) return *call.error;
    return std::move(call.vectors);
  }

  // Splits a call into batches. While the model runs one batch, make() prepares the next.
  template <class Input, class Make>
  Result<std::vector<Vector>> run(InputQueue<Input>& queue, std::size_t count, const Make& make) {
    std::vector<Vector> vectors;
    vectors.reserve(count);
    std::shared_ptr<Call> previous;
    const auto collect = [&](Call& call) -> Result<void> {
      FIT_TRY(std::vector<Vector> part, wait_for(call));
      std::ranges::move(part, std::back_inserter(vectors));
      return {};
    };
    for (std::size_t first = 0; first < count;) {
      const std::size_t end = std::min(count, first + static_cast<std::size_t>(options.batch_size));
      std::vector<Input> inputs;
      inputs.reserve(end - first);
      for (std::size_t i = first; i < end; ++i) {
        FIT_TRY(auto input, make(i));
        inputs.push_back(std::move(input));
      }
      FIT_TRY(auto call, submit(queue, std::move(inputs), first > 0));
      if (previous) FIT_CHECK(collect(*previous));
      previous = std::move(call);
      first = end;
    }
    if (previous) FIT_CHECK(collect(*previous));
    return vectors;
  }

  template <class Input>
  std::vector<QueuedInput<Input>> take(InputQueue<Input>& queue) {
    const std::size_t count = std::min(queue.pending.size(), static_cast<std::size_t>(options.batch_size));
    std::vector<QueuedInput<Input>> batch;
    batch.reserve(count);
    for (std::size_t i = 0; i < count; ++i) {
      batch.push_back(std::move(queue.pending.front()));
      queue.pending.pop_front();
    }
    return batch;
  }

  void work_until_stopped() {
    std::unique_lock lock(mutex);
    while (true) {
      work.wait(lock, [&] { return stopping || queued() > 0; });
      if (stopping) return;
      const bool image_first =
          texts.pending.empty() ||
          (!images.pending.empty() && images.pending.front().queued_at <= texts.pending.front().queued_at);
      if (image_first) {
        run_batch(images, take(images), lock);
      } else {
        run_batch(texts, take(texts), lock);
      }
    }
  }

  // Runs the model on a batch. `lock` holds the mutex at entry and at exit and is released meanwhile.
  template <class Input>
  void run_batch(InputQueue<Input>& queue, std::vector<QueuedInput<Input>> batch,
                 std::unique_lock<std::mutex>& lock) {
    const bool more = queued() > 0;
    lock.unlock();
    room.notify_all();
    if (more) work.notify_one();
    const Stopwatch watch;
    const WorkScope scope(traced_work(batch));
    Span span("embed batch");
    if (span.is_recorded()) describe(batch, span);
    std::vector<Input> inputs;
    inputs.reserve(batch.size());
    for (QueuedInput<Input>& queued_input : batch) {
      if (queue.metrics.wait != nullptr)
        queue.metrics.wait->observe(Stopwatch(queued_input.queued_at).seconds());
      inputs.push_back(std::move(queued_input.input));
    }
    std::vector<Result<Vector>> results = embed_each(inputs);
    if (queue.metrics.batch_size != nullptr)
      queue.metrics.batch_size->observe(static_cast<double>(batch.size()));
    if (queue.metrics.model != nullptr) queue.metrics.model->observe(watch.seconds());
    lock.lock();
    for (std::size_t i = 0; i < batch.size(); ++i) {
      if (!results[i] && queue.metrics.failed != nullptr) queue.metrics.failed->add();
      finish(batch[i], std::move(results[i]));
    }
  }

  // The first work among the inputs whose trace is recorded. The span of the batch is a part of it.
  template <class Input>
  static Work traced_work(const std::vector<QueuedInput<Input>>& batch) {
    for (const auto& input : batch) {
      if (input.work.is_recorded()) return input.work;
    }
    return {};
  }

  // Links the spans of the other inputs.
  template <class Input>
  void describe(const std::vector<QueuedInput<Input>>& batch, Span& span) const {
    span.set("fit.space", inner->space().name);
    span.set("fit.batch_size", static_cast<std::int64_t>(batch.size()));
    std::vector<TraceContext> linked = {traced_work(batch).trace};
    for (const auto& input : batch) {
      if (!input.work.is_recorded() || std::ranges::contains(linked, input.work.trace)) continue;
      linked.push_back(input.work.trace);
      span.link(input.work.trace);
    }
  }

  // Stores the result of one input in its call. The caller holds the mutex.
  template <class Input>
  void finish(QueuedInput<Input>& queued_input, Result<Vector> result) {
    Call& call = *queued_input.call;
    if (result) {
      call.vectors[queued_input.index] = *std::move(result);
    } else if (!call.error) {
      call.error = std::move(result).error();
    }
    if (--call.left == 0) call.done.notify_all();
  }

  Result<std::vector<Vector>> embed(std::span<const media::Image> inputs) {
    return inner->embed_images(inputs);
  }
  Result<std::vector<Vector>> embed(std::span<const std::string> inputs) {
    return inner->embed_texts(inputs);
  }

  // embed() with exceptions and a wrong number of vectors turned into kInternal.
  template <class Input>
  Result<std::vector<Vector>> embed_checked(std::span<const Input> inputs) {
    try {
      auto vectors = embed(inputs);
      if (vectors && vectors->size() != inputs.size()) {
        return internal("the embedding model failed",
                        fit::format("{} vectors for {} inputs", vectors->size(), inputs.size()));
      }
      return vectors;
    } catch (const std::exception& error) {
      return internal("the embedding model failed", error.what());
    }
  }

  // One result for each input: of the whole batch, or, when the batch fails, of each input run alone.
  template <class Input>
  std::vector<Result<Vector>> embed_each(const std::vector<Input>& inputs) {
    std::vector<Result<Vector>> results;
    results.reserve(inputs.size());
    auto together = embed_checked<Input>(inputs);
    if (together) {
      for (Vector& vector : *together) results.emplace_back(std::move(vector));
      return results;
    }
    if (inputs.size() == 1) {
      results.emplace_back(std::move(together).error());
      return results;
    }
    for (const Input& input : inputs) {
      auto alone = embed_checked<Input>(std::span(&input, 1));
      if (alone) {
        results.emplace_back(std::move(alone->front()));
      } else {
        results.emplace_back(std::move(alone).error());
      }
    }
    return results;
  }
};

BatchingEmbedder::BatchingEmbedder(std::unique_ptr<Embedder> inner, Options options)
    : state_(std::make_unique<State>(std::move(inner), options)) {
  for (int i = 0; i < state_->options.max_concurrent; ++i) {
    state_->threads.emplace_back([state = state_.get()] { state->work_until_stopped(); });
  }
}

BatchingEmbedder::~BatchingEmbedder() {
  stop();
}

void BatchingEmbedder::stop() {
  const std::lock_guard only_one(state_->stop_mutex);
  {
    const std::lock_guard lock(state_->mutex);
    state_->stopping = true;
    for (auto& queued_input : state_->images.pending) state_->finish(queued_input, stopped_error());
    for (auto& queued_input : state_->texts.pending) state_->finish(queued_input, stopped_error());
    state_->images.pending.clear();
    state_->texts.pending.clear();
  }
  state_->work.notify_all();
  state_->room.notify_all();
  for (std::thread& thread : state_->threads) thread.join();
  state_->threads.clear();
}

std::size_t BatchingEmbedder::queued() const {
  const std::lock_guard lock(state_->mutex);
  return state_->queued();
}

const Space& BatchingEmbedder::space() const {
  return state_->inner->space();
}
int BatchingEmbedder::image_short_side() const {
  return state_->inner->image_short_side();
}
Result<media::Image> BatchingEmbedder::prepare(const media::Image& image) const {
  return state_->inner->prepare(image);
}

Result<std::vector<Vector>> BatchingEmbedder::embed_images(std::span<const media::Image> images) {
  Span span("embed images");
  span.set("fit.inputs", static_cast<std::int64_t>(images.size()));
  return state_->run(state_->images, images.size(),
                     [&](std::size_t i) { return state_->inner->prepare(images[i]); });
}

Result<std::vector<Vector>> BatchingEmbedder::embed_texts(std::span<const std::string> texts) {
  Span span("embed texts");
  span.set("fit.inputs", static_cast<std::int64_t>(texts.size()));
  if (!space().has_text) return invalid("text", "cannot be searched: the embedding model has no text side");
  return state_->run(state_->texts, texts.size(),
                     [&](std::size_t i) -> Result<std::string> { return texts[i]; });
}

std::size_t BatchingEmbedder::count_tokens(std::string_view text) const {
  return state_->inner->count_tokens(text);
}

Result<std::vector<PropertyPredictions>> BatchingEmbedder::predict(std::span<const Vector> vectors) {
  return state_->inner->predict(vectors);
}

Result<std::vector<std::vector<float>>> BatchingEmbedder::score_labels(std::span<const Vector> vectors,
                                                                       std::span<const Label> labels) {
  return state_->inner->score_labels(vectors, labels);
}

}  // namespace fit::embed
