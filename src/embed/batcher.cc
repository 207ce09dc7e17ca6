#include "embed/batcher.h"

#include <algorithm>
#include <chrono>
#include <condition_variable>
#include <deque>
#include <exception>
#include <mutex>
#include <optional>
#include <thread>

namespace fit::embed {
namespace {

using Clock = std::chrono::steady_clock;

// A caller's requests that are queued together. Guarded by State::mutex.
struct Call {
  std::vector<Vector> vectors;
  std::optional<Error> error;
  std::size_t left = 0;
  std::condition_variable done;
};

template <class Input>
struct Ticket {
  Input input;
  std::shared_ptr<Call> call;
  std::size_t index;
  Clock::time_point queued;
};

double seconds_since(Clock::time_point start) {
  return std::chrono::duration<double>(Clock::now() - start).count();
}

struct Meters {
  Histogram* batch_size = nullptr;
  Histogram* wait = nullptr;
  Histogram* model = nullptr;
  Counter* rejected = nullptr;
  Counter* failed = nullptr;

  Meters(Metrics* metrics, const std::string& space, const std::string& kind) {
    if (metrics == nullptr) return;
    const Labels labels{{"space", space}, {"kind", kind}};
    batch_size = &metrics->histogram("fit_embed_batch_size", "Requests in one run of an embedding model",
                                     {1, 2, 4, 8, 16, 32, 64, 128}, labels);
    wait =
        &metrics->latency("fit_embed_wait_seconds", "Time a request waited for an embedding model", labels);
    model = &metrics->latency("fit_embed_model_seconds", "Time of one run of an embedding model", labels);
    rejected =
        &metrics->counter("fit_embed_rejected_total", "Requests refused because the queue was full", labels);
    failed = &metrics->counter("fit_embed_failed_total", "Requests that an embedding model did not answer",
                               labels);
  }
};

template <class Input>
struct Lane {
  std::deque<Ticket<Input>> queue;
  Meters meters;
};

Error stopped_error() {
  return Error{ErrorCode::kUnavailable, "the embedder is stopping", {}, {}};
}

}  // namespace

struct BatchingEmbedder::State {
  std::unique_ptr<Embedder> inner;
  Options options;
  std::mutex mutex;
  std::condition_variable work;  // something is queued, or the end has come
  std::condition_variable room;  // something was taken from a queue
  bool stopping = false;
  Lane<media::Image> images;
  Lane<std::string> texts;
  std::vector<std::thread> threads;
  std::mutex stop_mutex;

  State(std::unique_ptr<Embedder> embedder, Options o)
      : inner(std::move(embedder)),
        options(o),
        images{{}, Meters(o.metrics, inner->space().name, "image")},
        texts{{}, Meters(o.metrics, inner->space().name, "text")} {
    options.batch_size = std::max(1, options.batch_size);
    options.max_concurrent = std::max(1, options.max_concurrent);
    options.max_queued = std::max(options.max_queued, static_cast<std::size_t>(options.batch_size));
  }

  std::size_t queued() const { return images.queue.size() + texts.queue.size(); }

  // Puts a caller's inputs in the queue. With `patient` it waits for room, otherwise a full queue is an
  // error.
  template <class Input>
  Result<std::shared_ptr<Call>> submit(Lane<Input>& lane, std::vector<Input> inputs, bool patient) {
    auto call = std::make_shared<Call>();
    call->vectors.resize(inputs.size());
    call->left = inputs.size();
    const auto now = Clock::now();
    {
      std::unique_lock lock(mutex);
      const auto fits = [&] { return stopping || queued() + inputs.size() <= options.max_queued; };
      if (patient) room.wait(lock, fits);
      if (stopping) return stopped_error();
      if (!fits()) {
        if (lane.meters.rejected != nullptr) lane.meters.rejected->add(static_cast<double>(inputs.size()));
        return Error{ErrorCode::kTooManyRequests,
                     "too many pictures and texts wait for the embedding model; try again later",
                     {},
                     {}};
      }
      for (std::size_t i = 0; i < inputs.size(); ++i)
        lane.queue.push_back({std::move(inputs[i]), call, i, now});
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

  // Splits a call into batches; while one is worked on, the next is made ready.
  template <class Input, class Make>
  Result<std::vector<Vector>> run(Lane<Input>& lane, std::size_t count, const Make& make) {
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
      FIT_TRY(auto call, submit(lane, std::move(inputs), first > 0));
      if (previous) FIT_CHECK(collect(*previous));
      previous = std::move(call);
      first = end;
    }
    if (previous) FIT_CHECK(collect(*previous));
    return vectors;
  }

  template <class Input>
  std::vector<Ticket<Input>> take(Lane<Input>& lane) {
    const std::size_t count = std::min(lane.queue.size(), static_cast<std::size_t>(options.batch_size));
    std::vector<Ticket<Input>> batch;
    batch.reserve(count);
    for (std::size_t i = 0; i < count; ++i) {
      batch.push_back(std::move(lane.queue.front()));
      lane.queue.pop_front();
    }
    return batch;
  }

  void work_until_stopped() {
    std::unique_lock lock(mutex);
    while (true) {
      work.wait(lock, [&] { return stopping || queued() > 0; });
      if (stopping) return;
      const bool image_first =
          texts.queue.empty() ||
          (!images.queue.empty() && images.queue.front().queued <= texts.queue.front().queued);
      if (image_first) {
        serve(images, take(images), lock);
      } else {
        serve(texts, take(texts), lock);
      }
    }
  }

  template <class Input>
  void serve(Lane<Input>& lane, std::vector<Ticket<Input>> batch, std::unique_lock<std::mutex>& lock) {
    const bool more = queued() > 0;
    lock.unlock();
    room.notify_all();
    if (more) work.notify_one();
    const auto start = Clock::now();
    std::vector<Input> inputs;
    inputs.reserve(batch.size());
    for (Ticket<Input>& ticket : batch) {
      if (lane.meters.wait != nullptr) lane.meters.wait->observe(seconds_since(ticket.queued));
      inputs.push_back(std::move(ticket.input));
    }
    std::vector<Result<Vector>> answers = embed_each(inputs);
    if (lane.meters.batch_size != nullptr) lane.meters.batch_size->observe(static_cast<double>(batch.size()));
    if (lane.meters.model != nullptr) lane.meters.model->observe(seconds_since(start));
    lock.lock();
    for (std::size_t i = 0; i < batch.size(); ++i) {
      if (!answers[i] && lane.meters.failed != nullptr) lane.meters.failed->add();
      finish(batch[i], std::move(answers[i]));
    }
  }

  // With the mutex held.
  template <class Input>
  void finish(Ticket<Input>& ticket, Result<Vector> answer) {
    Call& call = *ticket.call;
    if (answer) {
      call.vectors[ticket.index] = *std::move(answer);
    } else if (!call.error) {
      call.error = std::move(answer).error();
    }
    if (--call.left == 0) call.done.notify_all();
  }

  Result<std::vector<Vector>> embed(std::span<const media::Image> inputs) {
    return inner->embed_images(inputs);
  }
  Result<std::vector<Vector>> embed(std::span<const std::string> inputs) {
    return inner->embed_texts(inputs);
  }

  template <class Input>
  Result<std::vector<Vector>> embed_checked(std::span<const Input> inputs) {
    try {
      auto vectors = embed(inputs);
      if (vectors && vectors->size() != inputs.size()) {
        return internal("the embedding model failed",
                        "it gave another number of vectors than it was given inputs");
      }
      return vectors;
    } catch (const std::exception& error) {
      return internal("the embedding model failed", error.what());
    }
  }

  template <class Input>
  std::vector<Result<Vector>> embed_each(const std::vector<Input>& inputs) {
    std::vector<Result<Vector>> answers;
    answers.reserve(inputs.size());
    auto together = embed_checked<Input>(inputs);
    if (together) {
      for (Vector& vector : *together) answers.emplace_back(std::move(vector));
      return answers;
    }
    if (inputs.size() == 1) {
      answers.emplace_back(std::move(together).error());
      return answers;
    }
    for (const Input& input : inputs) {
      auto alone = embed_checked<Input>(std::span(&input, 1));
      if (alone) {
        answers.emplace_back(std::move(alone->front()));
      } else {
        answers.emplace_back(std::move(alone).error());
      }
    }
    return answers;
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
    for (auto& ticket : state_->images.queue) state_->finish(ticket, stopped_error());
    for (auto& ticket : state_->texts.queue) state_->finish(ticket, stopped_error());
    state_->images.queue.clear();
    state_->texts.queue.clear();
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
  return state_->run(state_->images, images.size(),
                     [&](std::size_t i) { return state_->inner->prepare(images[i]); });
}

Result<std::vector<Vector>> BatchingEmbedder::embed_texts(std::span<const std::string> texts) {
  if (!space().has_text) return invalid("text", "cannot be searched: the embedding model has no text side");
  return state_->run(state_->texts, texts.size(),
                     [&](std::size_t i) -> Result<std::string> { return texts[i]; });
}

Result<std::vector<PropertyPredictions>> BatchingEmbedder::predict(std::span<const Vector> vectors) {
  return state_->inner->predict(vectors);
}

Result<std::vector<std::vector<float>>> BatchingEmbedder::score_labels(std::span<const Vector> vectors,
                                                                       std::span<const Label> labels) {
  return state_->inner->score_labels(vectors, labels);
}

}  // namespace fit::embed
