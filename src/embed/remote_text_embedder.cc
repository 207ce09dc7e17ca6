#include "embed/remote_text_embedder.h"

#include <algorithm>
#include <atomic>
#include <mutex>
#include <random>
#include <thread>

#include "base/config.h"
#include "base/format.h"
#include "base/json.h"
#include "base/text.h"
#include "embed/embeddings_answer.h"

namespace fit::embed {
namespace {

using std::chrono::milliseconds;

constexpr std::size_t kBatch = 64;            // texts in one request
constexpr std::size_t kBatchBytes = 200'000;  // of their text
constexpr std::size_t kTextBytes = 6'000;     // of one text; a token has at least a byte, models take 8,191
constexpr std::uint64_t kAnswerBytes = 64 << 20;
constexpr milliseconds kFirstPause{500};
constexpr milliseconds kLongestPause{20'000};

enum class Outcome { kOk, kBusy, kRefusedText, kRefusedKey, kFailed, kUnreachable, kNonsense };

const char* name_of(Outcome outcome) {
  switch (outcome) {
    case Outcome::kOk:
      return "ok";
    case Outcome::kBusy:
      return "busy";
    case Outcome::kRefusedText:
      return "refused";
    case Outcome::kRefusedKey:
      return "unauthorized";
    case Outcome::kFailed:
      return "failed";
    case Outcome::kUnreachable:
      return "unreachable";
    case Outcome::kNonsense:
      return "nonsense";
  }
  return "failed";
}

// Lower case letters, digits, dots and dashes: also the name of a folder.
std::string space_name(std::string_view model) {
  std::string name = "openai.";
  for (const char c : to_lower(model)) {
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
                                "1 while the provider of text embeddings is used, 0 while it is passed over");
    available->set(1);
  }

  struct Try {
    Outcome outcome = Outcome::kOk;
    std::vector<Vector> vectors;
    Error error;
    std::chrono::seconds retry_after{0};
  };

  std::string body_of(std::span<const std::string> texts, bool with_dimensions) const {
    Json input = Json::array();
    for (const std::string& text : texts) input.push_back(std::string(utf8_prefix(text, kTextBytes)));
    Json body = {{"model", options.model}, {"input", std::move(input)}, {"encoding_format", "float"}};
    if (with_dimensions) body["dimensions"] = options.dimensions;
    return dump_json(body);
  }

  Try failed(Outcome outcome, ErrorCode code, std::string message, std::string detail) const {
    return {.outcome = outcome,
            .vectors = {},
            .error = {code, std::move(message), {}, std::move(detail)},
            .retry_after = {}};
  }

  // One request.
  Try ask(std::span<const std::string> texts, bool with_dimensions, milliseconds time) {
    net::HttpClient::Post post{.url = url, .body = body_of(texts, with_dimensions)};
    post.headers = {"Content-Type: application/json", "Accept: application/json"};
    if (!options.key.empty()) post.headers.push_back("Authorization: Bearer " + options.key);
    net::HttpLimits limits;
    limits.connect_timeout = std::min(limits.connect_timeout, time);
    limits.total_timeout = time;
    limits.max_bytes = kAnswerBytes;
    const auto start = std::chrono::steady_clock::now();
    const auto answer = http.post("OPENAI_BASE_URL", post, limits);
    if (seconds != nullptr)
      seconds->observe(std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count());
    if (!answer) {
      return failed(Outcome::kUnreachable,
                    answer.error().code == ErrorCode::kDeadlineExceeded ? ErrorCode::kDeadlineExceeded
                                                                        : ErrorCode::kUnavailable,
                    "the provider of text embeddings cannot be reached", answer.error().message);
    }
    return judge(*answer, texts.size());
  }

  Try judge(const net::HttpResponse& answer, std::size_t count) const {
    const int status = answer.status;
    const std::string detail = fit::format("status {}", status);
    if (status >= 200 && status < 300) {
      auto vectors = read_embeddings(as_text(answer.body), count, options.dimensions);
      if (vectors)
        return {.outcome = Outcome::kOk, .vectors = *std::move(vectors), .error = {}, .retry_after = {}};
      return failed(Outcome::kNonsense, vectors.error().code, vectors.error().message,
                    vectors.error().detail);
    }
    if (status == 401 || status == 403) {
      return failed(Outcome::kRefusedKey, ErrorCode::kUnauthorized,
                    "the provider of text embeddings refuses the key; check OPENAI_API_KEY", detail);
    }
    if (status == 429 || status == 503) {
      Try busy = failed(Outcome::kBusy, ErrorCode::kUnavailable,
                        "the provider of text embeddings asks to be left alone for a while", detail);
      busy.retry_after = answer.retry_after;
      return busy;
    }
    if (status == 400 || status == 413 || status == 422) {
      return failed(Outcome::kRefusedText, ErrorCode::kInvalid,
                    "the provider of text embeddings refuses the texts", detail);
    }
    return failed(Outcome::kFailed, ErrorCode::kBadGateway, "the provider of text embeddings failed", detail);
  }

  // A server that does not know `dimensions` is asked without, from then on.
  Try ask(std::span<const std::string> texts, milliseconds time) {
    const bool with_dimensions = sends_dimensions;
    Try result = ask(texts, with_dimensions, time);
    if (result.outcome == Outcome::kRefusedText && with_dimensions) {
      result = ask(texts, false, time);
      if (result.outcome == Outcome::kOk) sends_dimensions = false;
    }
    note(result);
    return result;
  }

  void note(const Try& result) {
    const bool was_available = breaker.state() == CircuitBreaker::State::kClosed;
    // A refused text is the text's fault; the provider is well.
    if (result.outcome == Outcome::kOk || result.outcome == Outcome::kRefusedText) {
      breaker.succeeded();
    } else {
      breaker.failed(result.retry_after);
    }
    const bool is_now = breaker.state() == CircuitBreaker::State::kClosed;
    if (available != nullptr) available->set(is_now ? 1 : 0);
    if (options.metrics != nullptr) {
      options.metrics
          ->counter("fit_text_embedding_requests_total", "Requests to the provider of text embeddings",
                    {{"outcome", name_of(result.outcome)}})
          .add();
    }
    const std::lock_guard lock(told_mutex);
    if (!is_now && !told_down) {
      log.warning("the provider of text embeddings is passed over for a while",
                  {{"provider", mask_url_password(options.base_url)}, {"reason", result.error.describe()}});
      told_down = true;
    } else if (is_now && !was_available && told_down) {
      log.info("the provider of text embeddings answers again");
      told_down = false;
    }
  }

  milliseconds pause(int tries) {
    const auto longest = std::min(kFirstPause * (1 << std::min(tries, 10)), kLongestPause);
    const std::lock_guard lock(told_mutex);
    return milliseconds(
        std::uniform_int_distribution<std::int64_t>(longest.count() / 2, longest.count())(random));
  }

  bool wait(milliseconds time) const {
    if (options.wait) return options.wait(time);
    std::this_thread::sleep_for(time);
    return true;
  }

  Result<std::vector<Vector>> ask_patiently(std::span<const std::string> texts) {
    for (int tries = 0;; ++tries) {
      if (!breaker.allow()) {
        return Error{
            ErrorCode::kUnavailable, "the provider of text embeddings is passed over for a while", {}, {}};
      }
      Try result = ask(texts, options.background_time);
      if (result.outcome == Outcome::kOk) return std::move(result.vectors);
      const bool may_help = result.outcome == Outcome::kBusy || result.outcome == Outcome::kFailed ||
                            result.outcome == Outcome::kUnreachable;
      if (!may_help || tries >= options.background_retries) return result.error;
      const milliseconds time = std::max(milliseconds(result.retry_after), pause(tries));
      if (time > options.background_time) return result.error;
      if (!wait(std::max(time, breaker.retry_in())))
        return Error{
            ErrorCode::kCancelled, "stopped while waiting for the provider of text embeddings", {}, {}};
    }
  }

  Result<std::vector<Vector>> ask_quickly(std::span<const std::string> texts) {
    if (breaker.state() != CircuitBreaker::State::kClosed) {
      return Error{
          ErrorCode::kUnavailable, "the provider of text embeddings is passed over for a while", {}, {}};
    }
    Try result = ask(texts, options.question_time);
    if (result.outcome == Outcome::kOk) return std::move(result.vectors);
    return result.error;
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
  std::mutex told_mutex;  // guards the rest
  bool told_down = false;
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
  if (!is_header) return invalid("OPENAI_API_KEY", "must be printable characters without blanks");
  return std::unique_ptr<RemoteTextEmbedder>(
      new RemoteTextEmbedder(std::make_unique<State>(std::move(options), std::move(log))));
}

const Space& RemoteTextEmbedder::space() const {
  return state_->space;
}

Result<std::vector<Vector>> RemoteTextEmbedder::embed(std::span<const std::string> texts, Patience patience) {
  std::vector<Vector> vectors;
  vectors.reserve(texts.size());
  for (std::size_t first = 0; first < texts.size();) {
    std::size_t end = first;
    for (std::size_t bytes = 0; end < texts.size() && end - first < kBatch; ++end) {
      if (trim(texts[end]).empty()) return invalid("text", "must not be empty");
      bytes += std::min(texts[end].size(), kTextBytes);
      if (end > first && bytes > kBatchBytes) break;
    }
    const auto batch = texts.subspan(first, end - first);
    FIT_TRY(auto part,
            patience == Patience::kQuestion ? state_->ask_quickly(batch) : state_->ask_patiently(batch));
    std::ranges::move(part, std::back_inserter(vectors));
    first = end;
  }
  return vectors;
}

bool RemoteTextEmbedder::is_available() const {
  return state_->breaker.state() == CircuitBreaker::State::kClosed;
}

void RemoteTextEmbedder::try_again() {
  if (is_available() || !state_->breaker.allow()) return;
  const std::string word = "jacket";
  state_->ask(std::span(&word, 1), state_->options.background_time);
}

CircuitBreaker::State RemoteTextEmbedder::breaker() const {
  return state_->breaker.state();
}

milliseconds RemoteTextEmbedder::retry_in() const {
  return state_->breaker.retry_in();
}

}  // namespace fit::embed
