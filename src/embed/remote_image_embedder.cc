#include "embed/remote_image_embedder.h"

#include <algorithm>
#include <atomic>
#include <mutex>
#include <random>
#include <thread>
#include <utility>

#include "base/format.h"
#include "base/stopwatch.h"
#include "base/text.h"
#include "embed/remote_protocol.h"
#include "net/http_client.h"

namespace fit::embed {
namespace {

using std::chrono::milliseconds;

constexpr int kSentSide = 512;  // pixels of the longer side of a sent image
constexpr int kSentQuality = 90;
constexpr std::size_t kMaxSentTextBytes = 6'000;
constexpr std::uint64_t kMaxAnswerBytes = 64 << 20;
constexpr int kMaxSpaceDimensions = 4'096;
constexpr milliseconds kShortestPause{500};
constexpr milliseconds kMostPause{8'000};
constexpr const char* kUrlSetting = "EMBEDDING_BASE_URL";

// What an answer means for the breaker and for a further attempt.
enum class Verdict { kOk, kBusy, kRejectedInput, kMisconfigured, kFailed, kUnreachable, kUnusable };

const char* verdict_label(Verdict verdict) {
  switch (verdict) {
    case Verdict::kOk:
      return "ok";
    case Verdict::kBusy:
      return "busy";
    case Verdict::kRejectedInput:
      return "refused";
    case Verdict::kMisconfigured:
      return "misconfigured";
    case Verdict::kFailed:
      return "failed";
    case Verdict::kUnreachable:
      return "unreachable";
    case Verdict::kUnusable:
      return "nonsense";
  }
  return "failed";
}

// One request and its result.
struct RemoteAttempt {
  Verdict verdict = Verdict::kOk;
  std::vector<Vector> vectors = {};
  Error error = {};
  std::chrono::seconds retry_after{0};

  bool is_transient() const {
    return verdict == Verdict::kBusy || verdict == Verdict::kFailed || verdict == Verdict::kUnreachable;
  }
};

RemoteAttempt remote_failure(Verdict verdict, ErrorCode code, std::string_view message, std::string detail) {
  return {.verdict = verdict,
          .error = {code, "the provider of embeddings " + std::string(message), {}, std::move(detail)}};
}

// The name of the space, which is also the name of a folder: lower-case letters, digits, dots and dashes.
std::string remote_space_name(std::string_view provider, std::string_view model) {
  std::string name = std::string(provider) + ".";
  for (const char c : fit::to_lower(model)) {
    const bool is_plain = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '.' || c == '-';
    name += is_plain ? c : '-';
  }
  return name;
}

// Whether the model can be a part of the path of a URL, as the index of Marqo is.
bool is_path_segment(std::string_view text) {
  return std::ranges::all_of(text, [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '_';
  });
}

// Fills what the options leave open.
Result<RemoteImageEmbedder::Options> completed(RemoteImageEmbedder::Options options) {
  const RemoteProtocol::Provider* const provider = RemoteProtocol::find_provider(options.provider);
  if (provider == nullptr) return invalid("EMBEDDING_PROVIDER", "is no provider of embeddings");
  if (options.base_url.empty()) options.base_url = provider->base_url;
  while (options.base_url.ends_with('/')) options.base_url.pop_back();
  if (!options.base_url.starts_with("http://") && !options.base_url.starts_with("https://")) {
    return invalid(kUrlSetting,
                   fit::format("must be an http or https URL for EMBEDDING_PROVIDER={}", options.provider));
  }
  if (options.model.empty()) options.model = provider->model;
  if (options.model.empty() || options.model.size() > 200 || !is_utf8(options.model)) {
    return invalid("EMBEDDING_MODEL",
                   fit::format("must name {} for EMBEDDING_PROVIDER={}",
                               options.provider == "marqo" ? "an index" : "a model", options.provider));
  }
  if (options.provider == "marqo" && !is_path_segment(options.model)) {
    return invalid("EMBEDDING_MODEL", "must be the name of an index of Marqo");
  }
  if (options.dimensions < 0 || options.dimensions > kMaxSpaceDimensions) {
    return invalid("EMBEDDING_DIMENSIONS", fit::format("must be between 0 and {}", kMaxSpaceDimensions));
  }
  const bool is_header = std::ranges::all_of(options.key, [](char c) { return c > ' ' && c <= '~'; });
  if (!is_header) return invalid("EMBEDDING_API_KEY", "must consist of printable characters without spaces");
  return options;
}

Space space_with(const RemoteImageEmbedder::Options& options) {
  const int dimensions = options.dimensions > 0 ? options.dimensions
                                                : RemoteProtocol::find_provider(options.provider)->dimensions;
  return {.name = remote_space_name(options.provider, options.model),
          .model = options.model,
          .version = fit::format("{}", dimensions),
          .dimensions = dimensions,
          .has_text = true};
}

}  // namespace

struct RemoteImageEmbedder::State {
  explicit State(Options o)
      : options(std::move(o)),
        provider(*RemoteProtocol::find_provider(options.provider)),
        protocol(RemoteProtocol::make(provider, {.base_url = options.base_url,
                                                 .key = options.key,
                                                 .model = options.model,
                                                 .dimensions = options.dimensions})),
        http({.allow_private_addresses = true, .sleep = {}}),
        breaker(options.breaker),
        space(space_with(options)) {
    if (options.metrics == nullptr) return;
    seconds = &options.metrics->latency("fit_remote_embedding_seconds",
                                        "Time of one request to the provider of embeddings");
    available = &options.metrics->gauge("fit_remote_embedding_available",
                                        "1 while the provider of embeddings is available, 0 while it is not");
    available->set(1);
  }

  std::size_t batch() const {
    return std::clamp<std::size_t>(static_cast<std::size_t>(std::max(options.batch_size, 1)), 1,
                                   provider.max_inputs);
  }

  RemoteAttempt send(const RemoteProtocol::Request& request, std::size_t count, milliseconds timeout) {
    net::HttpLimits limits;
    limits.connect_timeout = std::min(limits.connect_timeout, timeout);
    limits.total_timeout = timeout;
    limits.max_bytes = kMaxAnswerBytes;
    const Stopwatch watch;
    const auto response = http.post(
        kUrlSetting, {.url = request.url, .body = request.body, .headers = request.headers}, limits);
    if (seconds != nullptr) seconds->observe(watch.seconds());
    RemoteAttempt attempt = response ? interpret(*response, count)
                                     : remote_failure(Verdict::kUnreachable,
                                                      response.error().code == ErrorCode::kDeadlineExceeded
                                                          ? ErrorCode::kDeadlineExceeded
                                                          : ErrorCode::kUnavailable,
                                                      "cannot be reached", response.error().message);
    record(attempt);
    return attempt;
  }

  RemoteAttempt interpret(const net::HttpResponse& response, std::size_t count) {
    const int status = response.status;
    const std::string detail = fit::format("status {}", status);
    if (status >= 200 && status < 300) return read(response, count);
    if (status == 401 || status == 403) {
      return remote_failure(Verdict::kMisconfigured, ErrorCode::kUnauthorized,
                            "rejects the key; check EMBEDDING_API_KEY", detail);
    }
    if (status == 404 || (status >= 300 && status < 400)) {
      return remote_failure(Verdict::kMisconfigured, ErrorCode::kUnavailable,
                            "knows no such model; check EMBEDDING_MODEL and EMBEDDING_BASE_URL", detail);
    }
    if (status == 429 || status == 503) {
      RemoteAttempt busy = remote_failure(Verdict::kBusy, ErrorCode::kUnavailable, "is overloaded", detail);
      busy.retry_after = response.retry_after;
      return busy;
    }
    if (status == 400 || status == 413 || status == 422) {
      return remote_failure(Verdict::kRejectedInput, ErrorCode::kInvalid, "rejects the input", detail);
    }
    return remote_failure(Verdict::kFailed, ErrorCode::kBadGateway, "failed", detail);
  }

  RemoteAttempt read(const net::HttpResponse& response, std::size_t count) {
    const auto unusable = [](const Error& error) {
      return RemoteAttempt{.verdict = Verdict::kUnusable, .error = error};
    };
    auto raw = protocol->read(as_text(response.body), count);
    if (!raw) return unusable(raw.error());
    RemoteAttempt attempt;
    for (Vector& one : *raw) {
      // A model has vectors of one size. Another size is another model, whose vectors must not be mixed in.
      int known = 0;
      const int size = static_cast<int>(one.size());
      if (!raw_dimensions.compare_exchange_strong(known, size) && known != size) {
        return remote_failure(Verdict::kUnusable, ErrorCode::kBadGateway, "returned an invalid response",
                              fit::format("{} numbers, and {} before", size, known));
      }
      auto vector = fitted_vector(std::move(one), space.dimensions);
      if (!vector) return unusable(vector.error());
      attempt.vectors.push_back(*std::move(vector));
    }
    return attempt;
  }

  // Updates the circuit breaker and the metrics.
  void record(const RemoteAttempt& attempt) {
    // A rejected input is no failure of the provider.
    if (attempt.verdict == Verdict::kOk || attempt.verdict == Verdict::kRejectedInput) {
      breaker.succeeded();
    } else {
      breaker.failed(attempt.retry_after);
    }
    if (options.metrics == nullptr) return;
    available->set(breaker.state() == CircuitBreaker::State::kClosed ? 1 : 0);
    options.metrics
        ->counter("fit_remote_embedding_requests_total", "Requests to the provider of embeddings",
                  {{"outcome", verdict_label(attempt.verdict)}})
        .add();
  }

  // The pause after `attempts` + 1 failed attempts: exponential backoff with jitter.
  milliseconds pause(int attempts) {
    const auto longest = std::min(kShortestPause * (1 << std::min(attempts, 10)), kMostPause);
    const std::lock_guard lock(mutex);
    return milliseconds(
        std::uniform_int_distribution<std::int64_t>(longest.count() / 2, longest.count())(random));
  }

  bool wait(milliseconds time) const {
    if (options.wait) return options.wait(time);
    std::this_thread::sleep_for(time);
    return true;
  }

  static Error unavailable() {
    return {ErrorCode::kUnavailable, "the provider of embeddings is unavailable", {}, {}};
  }

  Result<std::vector<Vector>> ask(const RemoteProtocol::Request& request, std::size_t count,
                                  bool is_interactive) {
    const milliseconds timeout = is_interactive ? options.interactive_timeout : options.background_timeout;
    const int retries = is_interactive ? 0 : options.background_retries;
    for (int attempts = 0;; ++attempts) {
      if (!breaker.allow()) return unavailable();
      RemoteAttempt attempt = send(request, count, timeout);
      if (attempt.verdict == Verdict::kOk) return std::move(attempt.vectors);
      if (!attempt.is_transient() || attempts >= retries) return attempt.error;
      const milliseconds time =
          std::max({milliseconds(attempt.retry_after), pause(attempts), breaker.retry_in()});
      if (time > options.background_timeout) return attempt.error;
      if (!wait(time)) {
        return Error{ErrorCode::kCancelled, "stopped while waiting for the provider of embeddings", {}, {}};
      }
    }
  }

  // Asks for all inputs, batch by batch. `request` makes the request of a batch.
  template <class Input, class MakeRequest>
  Result<std::vector<Vector>> in_batches(std::span<const Input> inputs, bool is_interactive,
                                         MakeRequest request) {
    std::vector<Vector> vectors;
    for (std::size_t first = 0; first < inputs.size(); first += batch()) {
      const auto part = inputs.subspan(first, std::min(batch(), inputs.size() - first));
      FIT_TRY(const RemoteProtocol::Request made, request(part));
      FIT_TRY(auto embedded, ask(made, part.size(), is_interactive));
      std::ranges::move(embedded, std::back_inserter(vectors));
    }
    return vectors;
  }

  Result<std::vector<Vector>> embed_images(std::span<const media::Image> images, bool is_interactive) {
    return in_batches(images, is_interactive,
                      [this](std::span<const media::Image> part) -> Result<RemoteProtocol::Request> {
                        std::vector<Bytes> jpegs;
                        for (const media::Image& image : part) {
                          FIT_TRY(Bytes jpeg, media::encode_jpeg(image, kSentSide, kSentQuality));
                          jpegs.push_back(std::move(jpeg));
                        }
                        return protocol->images(jpegs);
                      });
  }

  const Options options;
  const RemoteProtocol::Provider& provider;
  const std::unique_ptr<RemoteProtocol> protocol;
  net::HttpClient http;
  CircuitBreaker breaker;
  const Space space;
  std::atomic<int> raw_dimensions = 0;  // numbers in the vectors of the provider; 0: not known yet
  Histogram* seconds = nullptr;
  Gauge* available = nullptr;
  std::mutex mutex;  // guards `random`
  std::mt19937_64 random{std::random_device{}()};
};

RemoteImageEmbedder::RemoteImageEmbedder(std::unique_ptr<State> state) : state_(std::move(state)) {}
RemoteImageEmbedder::~RemoteImageEmbedder() = default;

Result<std::unique_ptr<RemoteImageEmbedder>> RemoteImageEmbedder::make(Options options) {
  FIT_TRY(Options whole, completed(std::move(options)));
  return std::unique_ptr<RemoteImageEmbedder>(
      new RemoteImageEmbedder(std::make_unique<State>(std::move(whole))));
}

Result<Space> RemoteImageEmbedder::space_of(const Options& options) {
  FIT_TRY(const Options whole, completed(options));
  return space_with(whole);
}

const Space& RemoteImageEmbedder::space() const {
  return state_->space;
}

int RemoteImageEmbedder::image_short_side() const {
  return kSentSide;
}

Result<std::vector<Vector>> RemoteImageEmbedder::embed_images(std::span<const media::Image> images) {
  return state_->embed_images(images, false);
}

Result<Vector> RemoteImageEmbedder::embed_file(std::string_view field, ByteView file,
                                               const media::Limits& limits) {
  FIT_TRY(const media::Image image, media::decode(field, file, image_short_side(), limits));
  auto vectors = state_->embed_images(std::span(&image, 1), true);
  if (vectors) return std::move(vectors->front());
  Error error = vectors.error();
  if (error.code == ErrorCode::kInvalid) error.field = field;
  return error;
}

Result<std::vector<Vector>> RemoteImageEmbedder::embed_texts(std::span<const std::string> texts) {
  std::vector<std::string> sent;
  for (const std::string& text : texts) {
    if (trim(text).empty()) return invalid("text", "must not be empty");
    sent.emplace_back(utf8_prefix(text, kMaxSentTextBytes));
  }
  return state_->in_batches(std::span<const std::string>(sent), true,
                            [this](std::span<const std::string> part) -> Result<RemoteProtocol::Request> {
                              return state_->protocol->texts(part);
                            });
}

bool RemoteImageEmbedder::is_available() const {
  return state_->breaker.state() == CircuitBreaker::State::kClosed;
}

}  // namespace fit::embed
