#include "embed/remote_text_embedder.h"

#include <algorithm>
#include <atomic>
#include <mutex>
#include <random>
#include <thread>

#include "base/config.h"
#include "base/format.h"
#include "base/json.h"
#include "base/stopwatch.h"
#include "base/text.h"
#include "embed/embeddings_response.h"

namespace fit::embed {
namespace {

using std::chrono::milliseconds;

constexpr std::size_t kMaxBatch = 64;            // texts in one request
constexpr std::size_t kMaxBatchBytes = 200'000;  // bytes of text in one request
constexpr std::size_t kMaxTextBytes = 6'000;     // a token has at least a byte, and models take 8,191 tokens
constexpr std::uint64_t kMaxResponseBytes = 64 << 20;
constexpr milliseconds kFirstPause{500};
constexpr milliseconds kLongestPause{20'000};

// The outcome of one request.
enum class Outcome { kOk, kBusy, kRejectedText, kRejectedKey, kFailed, kUnreachable, kInvalidResponse };

// The label of an outcome in fit_text_embedding_requests_total.
const char* label_of(Outcome outcome) {
  switch (outcome) {
    case Outcome::kOk:
      return "ok";
    case Outcome::kBusy:
      return "busy";
    case Outcome::kRejectedText:
      return "refused";
    case Outcome::kRejectedKey:
      return "unauthorized";
    case Outcome::kFailed:
      return "failed";
    case Outcome::kUnreachable:
      return "unreachable";
    case Outcome::kInvalidResponse:
      return "nonsense";
  }
  return "failed";
}

// The name of the model's space. It is also the name of a folder: lower-case letters, digits, dots and
// dashes.
std::string space_name(std::string_view model) {
  std::string name = "openai.";
  for (const char c : fit::to_lower(model)) {
    const bool plain = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '.' || c == '-';
    name += plain ? c : '-';
  }
  return name;
}

}  // namespace

struct RemoteTextEmbedder::State {
  State(Options o, Log l)
      : options(std::move(o)),
        log(std::move(l)),
        http({.allow_private_addresses = true, .sleep = {}}),
        breaker(options.breaker),
        space{.name = space_name(options.model),
              .model = options.model,
              .version = fit::format("{}", options.dimensions),
              .dimensions = options.dimensions,
              .has_text = true},
        url(options.base_url + "/embeddings") {
    if (options.metrics == nullptr) return;
    seconds = &options.metrics->latency("fit_text_embedding_seconds",
                                        "Time of one request to the provider of text embeddings");
    available =
        &options.metrics->gauge("fit_text_embedding_available",
                                "1 while the provider of text embeddings is available, 0 while it is not");
    available->set(1);
  }

  // One request and its result.
  struct Attempt {
    Outcome outcome = Outcome::kOk;
    std::vector<Vector> vectors;
    Error error;
    std::chrono::seconds retry_after{0};
  };

  std::string body_of(std::span<const std::string> texts, bool with_dimensions) const {
    Json input = Json::array();
    for (const std::string& text : texts) input.push_back(std::string(utf8_prefix(text, kMaxTextBytes)));
    Json body = {{"model", options.model}, {"input", std::move(input)}, {"encoding_format", "float"}};
    if (with_dimensions) body["dimensions"] = options.dimensions;
    return dump_json(body);
  }

  Attempt failed(Outcome outcome, ErrorCode code, std::string message, std::string detail) const {
    return {.outcome = outcome,
            .vectors = {},
            .error = {code, std::move(message), {}, std::move(detail)},
            .retry_after = {}};
  }

  // Sends one request.
  Attempt send(std::span<const std::string> texts, bool with_dimensions, milliseconds timeout) {
    net::HttpClient::Post post{.url = url, .body = body_of(texts, with_dimensions)};
    post.headers = {"Content-Type: application/json", "Accept: application/json"};
    if (!options.key.empty()) post.headers.push_back("Authorization: Bearer " + options.key);
    net::HttpLimits limits;
    limits.connect_timeout = std::min(limits.connect_timeout, timeout);
    limits.total_timeout = timeout;
    limits.max_bytes = kMaxResponseBytes;
    const Stopwatch watch;
    const auto response = http.post("OPENAI_BASE_URL", post, limits);
    if (seconds != nullptr) seconds->observe(watch.seconds());
    if (!response) {
      return failed(Outcome::kUnreachable,
                    response.error().code == ErrorCode::kDeadlineExceeded ? ErrorCode::kDeadlineExceeded
                                                                          : ErrorCode::kUnavailable,
                    "the provider of text embeddings cannot be reached", response.error().message);
    }
    return interpret(*response, texts.size());
  }

  Attempt interpret(const net::HttpResponse& response, std::size_t count) const {
    const int status = response.status;
    const std::string detail = fit::format("status {}", status);
    if (status >= 200 && status < 300) {
      auto vectors = read_embeddings(as_text(response.body), count, options.dimensions);
      if (vectors)
        return {.outcome = Outcome::kOk, .vectors = *std::move(vectors), .error = {}, .retry_after = {}};
      return failed(Outcome::kInvalidResponse, vectors.error().code, vectors.error().message,
                    vectors.error().detail);
    }
    if (status == 401 || status == 403) {
      return failed(Outcome::kRejectedKey, ErrorCode::kUnauthorized,
                    "the provider of text embeddings rejects the key; check OPENAI_API_KEY", detail);
    }
    if (status == 429 || status == 503) {
      Attempt busy = failed(Outcome::kBusy, ErrorCode::kUnavailable,
                            "the provider of text embeddings is overloaded", detail);
      busy.retry_after = response.retry_after;
      return busy;
    }
    if (status == 400 || status == 413 || status == 422) {
      return failed(Outcome::kRejectedText, ErrorCode::kInvalid,
                    "the provider of text embeddings rejects the texts", detail);
    }
    return failed(Outcome::kFailed, ErrorCode::kBadGateway, "the provider of text embeddings failed", detail);
  }

  // Sends one request, and again without `dimensions` when the server rejects that parameter; later requests
  // then omit it.
  Attempt send(std::span<const std::string> texts, milliseconds timeout) {
    const bool with_dimensions = sends_dimensions;
    Attempt attempt = send(texts, with_dimensions, timeout);
    if (attempt.outcome == Outcome::kRejectedText && with_dimensions) {
      attempt = send(texts, false, timeout);
      if (attempt.outcome == Outcome::kOk) sends_dimensions = false;
    }
    record(attempt);
    return attempt;
  }

  // Updates the circuit breaker, the metrics and the log.
  void record(const Attempt& attempt) {
    const bool was_available = breaker.state() == CircuitBreaker::State::kClosed;
    // A rejected text is no failure of the provider.
    if (attempt.outcome == Outcome::kOk || attempt.outcome == Outcome::kRejectedText) {
      breaker.succeeded();
    } else {
      breaker.failed(attempt.retry_after);
    }
    const bool is_available = breaker.state() == CircuitBreaker::State::kClosed;
    if (available != nullptr) available->set(is_available ? 1 : 0);
    if (options.metrics != nullptr) {
      options.metrics
          ->counter("fit_text_embedding_requests_total", "Requests to the provider of text embeddings",
                    {{"outcome", label_of(attempt.outcome)}})
          .add();
    }
    const std::lock_guard lock(mutex);
    if (!is_available && !logged_unavailable) {
      log.warning("the provider of text embeddings is unavailable",
                  {{"provider", mask_url_password(options.base_url)}, {"reason", attempt.error.describe()}});
      logged_unavailable = true;
    } else if (is_available && !was_available && logged_unavailable) {
      log.info("the provider of text embeddings is available again");
      logged_unavailable = false;
    }
  }

  // The pause after `attempts` + 1 failed attempts: exponential backoff with jitter.
  milliseconds pause(int attempts) {
    const auto longest = std::min(kFirstPause * (1 << std::min(attempts, 10)), kLongestPause);
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
    return {ErrorCode::kUnavailable, "the provider of text embeddings is unavailable", {}, {}};
  }

  Result<std::vector<Vector>> embed_with_retries(std::span<const std::string> texts) {
    for (int attempts = 0;; ++attempts) {
      if (!breaker.allow()) return unavailable();
      Attempt attempt = send(texts, options.background_timeout);
      if (attempt.outcome == Outcome::kOk) return std::move(attempt.vectors);
      const bool is_transient = attempt.outcome == Outcome::kBusy || attempt.outcome == Outcome::kFailed ||
                                attempt.outcome == Outcome::kUnreachable;
      if (!is_transient || attempts >= options.background_retries) return attempt.error;
      const milliseconds time = std::max(milliseconds(attempt.retry_after), pause(attempts));
      if (time > options.background_timeout) return attempt.error;
      if (!wait(std::max(time, breaker.retry_in())))
        return Error{
            ErrorCode::kCancelled, "stopped while waiting for the provider of text embeddings", {}, {}};
    }
  }

  Result<std::vector<Vector>> embed_once(std::span<const std::string> texts) {
    if (breaker.state() != CircuitBreaker::State::kClosed) return unavailable();
    Attempt attempt = send(texts, options.interactive_timeout);
    if (attempt.outcome == Outcome::kOk) return std::move(attempt.vectors);
    return attempt.error;
  }

  const Options options;
  const Log log;
  net::HttpClient http;
  CircuitBreaker breaker;
  const Space space;
  const std::string url;
  std::atomic<bool> sends_dimensions = true;
  Histogram* seconds = nullptr;
  Gauge* available = nullptr;
  std::mutex mutex;  // guards the members below
  bool logged_unavailable = false;
  std::mt19937_64 random{std::random_device{}()};
};

RemoteTextEmbedder::RemoteTextEmbedder(std::unique_ptr<State> state) : state_(std::move(state)) {}
RemoteTextEmbedder::~RemoteTextEmbedder() = default;

Result<std::unique_ptr<RemoteTextEmbedder>> RemoteTextEmbedder::make(Options options, Log log) {
  while (options.base_url.ends_with('/')) options.base_url.pop_back();
  if (!options.base_url.starts_with("http://") && !options.base_url.starts_with("https://"))
    return invalid("OPENAI_BASE_URL", "must be an http or https URL, such as https://api.openai.com/v1");
  if (options.model.empty() || options.model.size() > 200 || !is_utf8(options.model))
    return invalid("TEXT_EMBEDDING_MODEL", "must name a model of the provider");
  if (options.dimensions < 1) return invalid("TEXT_EMBEDDING_DIMENSIONS", "must be at least 1");
  const bool is_header = std::ranges::all_of(options.key, [](char c) { return c > ' ' && c <= '~'; });
  if (!is_header) return invalid("OPENAI_API_KEY", "must consist of printable characters without spaces");
  return std::unique_ptr<RemoteTextEmbedder>(
      new RemoteTextEmbedder(std::make_unique<State>(std::move(options), std::move(log))));
}

const Space& RemoteTextEmbedder::space() const {
  return state_->space;
}

Result<std::vector<Vector>> RemoteTextEmbedder::embed(std::span<const std::string> texts, Priority priority) {
  std::vector<Vector> vectors;
  vectors.reserve(texts.size());
  for (std::size_t first = 0; first < texts.size();) {
    std::size_t end = first;
    for (std::size_t bytes = 0; end < texts.size() && end - first < kMaxBatch; ++end) {
      if (trim(texts[end]).empty()) return invalid("text", "must not be empty");
      bytes += std::min(texts[end].size(), kMaxTextBytes);
      if (end > first && bytes > kMaxBatchBytes) break;
    }
    const auto batch = texts.subspan(first, end - first);
    FIT_TRY(auto part, priority == Priority::kInteractive ? state_->embed_once(batch)
                                                          : state_->embed_with_retries(batch));
    std::ranges::move(part, std::back_inserter(vectors));
    first = end;
  }
  return vectors;
}

bool RemoteTextEmbedder::is_available() const {
  return state_->breaker.state() == CircuitBreaker::State::kClosed;
}

void RemoteTextEmbedder::probe() {
  if (is_available() || !state_->breaker.allow()) return;
  const std::string word = "jacket";
  state_->send(std::span(&word, 1), state_->options.background_timeout);
}

milliseconds RemoteTextEmbedder::retry_in() const {
  return state_->breaker.retry_in();
}

}  // namespace fit::embed
