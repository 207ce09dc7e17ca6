#include "embed/caption_provider.h"

#include <algorithm>
#include <array>
#include <mutex>
#include <optional>
#include <vector>

#include "base/clock.h"
#include "base/format.h"
#include "base/json.h"
#include "base/stopwatch.h"
#include "base/text.h"
#include "net/http_client.h"
#include "net/retry_after.h"

namespace fit::embed {
namespace {

constexpr std::uint64_t kMaxCaptionResponseBytes = 1 << 20;
constexpr std::string_view kCaptionUrlSetting = "VLM_BASE_URL";

// What a response means for the breaker.
enum class CaptionOutcome { kOk, kRefused, kBusy, kMisconfigured, kFailed, kInvalidResponse };

const char* caption_label(CaptionOutcome outcome) {
  switch (outcome) {
    case CaptionOutcome::kOk:
      return "ok";
    case CaptionOutcome::kRefused:
      return "refused";
    case CaptionOutcome::kBusy:
      return "busy";
    case CaptionOutcome::kMisconfigured:
      return "misconfigured";
    case CaptionOutcome::kFailed:
      return "failed";
    case CaptionOutcome::kInvalidResponse:
      return "nonsense";
  }
  return "failed";
}

// A response or its failure.
struct CaptionAttempt {
  CaptionOutcome outcome = CaptionOutcome::kOk;
  Result<Caption> caption;
  std::chrono::seconds retry_after{0};
};

Error caption_error(ErrorCode code, std::string message, std::string detail) {
  return {code, "the provider of captions " + std::move(message), {}, std::move(detail)};
}

// How long a provider is left alone that rejects the settings: somebody has to change them.
constexpr std::chrono::seconds kMisconfiguredPause{30};

CaptionAttempt wrong_key(const std::string& detail) {
  return {
      CaptionOutcome::kMisconfigured,
      caption_error(ErrorCode::kUnauthorized, "rejects the key; check VLM_API_KEY or GEMINI_API_KEY", detail),
      kMisconfiguredPause};
}

CaptionAttempt wrong_settings(std::string message, const std::string& detail) {
  return {CaptionOutcome::kMisconfigured, caption_error(ErrorCode::kUnavailable, std::move(message), detail),
          kMisconfiguredPause};
}

// The codes of an error in the form of Google ("status", and "reason" of its "details") or of OpenAI ("code",
// "param").
// https://cloud.google.com/apis/design/errors
std::vector<std::string> reasons_of(std::string_view body) {
  const auto json = parse_json("body", body);
  if (!json || !json->is_object() || !json->contains("error")) return {};
  const Json& error = (*json)["error"];
  std::vector<std::string> reasons = {json_text(error, "status"), json_text(error, "code"),
                                      json_text(error, "param")};
  const auto details = error.is_object() ? error.find("details") : error.end();
  if (details == error.end() || !details->is_array()) return reasons;
  for (const Json& one : *details) reasons.push_back(json_text(one, "reason"));
  return reasons;
}

// A request that the server rejects because of the settings, whatever the picture. nullopt: it says nothing
// of them.
std::optional<CaptionAttempt> rejected_settings(std::string_view body, const std::string& detail) {
  constexpr std::array<std::string_view, 4> kOfKey = {"API_KEY_INVALID", "API_KEY_EXPIRED", "invalid_api_key",
                                                      "account_deactivated"};
  constexpr std::array<std::string_view, 5> kOfSettings = {"FAILED_PRECONDITION", "model_not_found",
                                                           "billing_not_active", "model", "response_format"};
  for (const std::string& reason : reasons_of(body)) {
    // The reasons of these lists hold no secret.
    if (std::ranges::contains(kOfKey, reason)) return wrong_key(fit::format("{}, {}", detail, reason));
    if (std::ranges::contains(kOfSettings, reason)) {
      return wrong_settings("rejects the settings; check VLM_MODEL, VLM_BASE_URL and the account",
                            fit::format("{}, {}", detail, reason));
    }
  }
  return std::nullopt;
}

CaptionAttempt caption_failure(int status, std::string_view body) {
  const std::string detail = fit::format("status {}", status);
  if (status == 429 || status == 503) {
    return {CaptionOutcome::kBusy, caption_error(ErrorCode::kUnavailable, "is overloaded", detail)};
  }
  if (status == 401 || status == 403) return wrong_key(detail);
  if (status == 404) return wrong_settings("knows no such model; check VLM_MODEL and VLM_BASE_URL", detail);
  if (status >= 300 && status < 400) return wrong_settings("redirects; check VLM_BASE_URL", detail);
  if (status == 400 || status == 413 || status == 422) {
    // Gemini answers 400 to a wrong key.
    if (auto rejected = rejected_settings(body, detail)) return *std::move(rejected);
    return {CaptionOutcome::kRefused, caption_error(ErrorCode::kInvalid, "rejects the picture", detail)};
  }
  return {CaptionOutcome::kFailed, caption_error(ErrorCode::kBadGateway, "failed", detail)};
}

}  // namespace

struct CaptionProvider::State {
  State(Options o, std::unique_ptr<CaptionProtocol> p, const Log& l)
      : options(std::move(o)),
        name(options.provider + ":" + options.model),
        protocol(std::move(p)),
        log(l),
        http({.allow_private_addresses = true, .sleep = {}}),
        breaker(options.breaker) {
    if (options.metrics == nullptr) return;
    seconds =
        &options.metrics->latency("fit_caption_seconds", "Time of one request to the provider of captions");
    available = &options.metrics->gauge("fit_caption_available",
                                        "1 while the provider of captions is available, 0 while it is not");
    available->set(1);
  }

  CaptionAttempt send(const CaptionPicture& picture, const std::stop_token& stop) {
    CaptionProtocol::Request asked = protocol->request(picture);
    net::HttpClient::Request request{.method = "POST",
                                     .url = std::move(asked.url),
                                     .headers = std::move(asked.headers),
                                     .body = as_bytes(asked.body),
                                     .accept_compressed = true};
    request.headers.emplace_back("Content-Type: application/json");
    request.headers.emplace_back("Accept: application/json");
    net::HttpLimits limits;
    limits.retries = 0;
    limits.connect_timeout = std::min(limits.connect_timeout, options.timeout);
    limits.total_timeout = options.timeout;
    limits.max_bytes = kMaxCaptionResponseBytes;
    limits.stop = stop;
    const Stopwatch watch;
    const auto response = http.send(kCaptionUrlSetting, request, limits);
    if (seconds != nullptr) seconds->observe(watch.seconds());
    if (!response) return unreached(response.error());
    if (response->status < 200 || response->status >= 300) {
      CaptionAttempt failed = caption_failure(response->status, as_text(response->body));
      if (failed.outcome == CaptionOutcome::kBusy) {
        failed.retry_after = net::parse_retry_after(response->header("retry-after"), now());
      }
      return failed;
    }
    auto caption = protocol->read(as_text(response->body));
    if (caption) return {CaptionOutcome::kOk, std::move(caption)};
    const bool is_refused = caption.error().code == ErrorCode::kInvalid;
    return {is_refused ? CaptionOutcome::kRefused : CaptionOutcome::kInvalidResponse, std::move(caption)};
  }

  static CaptionAttempt unreached(const Error& error) {
    if (error.code == ErrorCode::kCancelled) return {CaptionOutcome::kFailed, error};
    if (error.code == ErrorCode::kTooLarge) {
      return {CaptionOutcome::kInvalidResponse,
              caption_error(ErrorCode::kBadGateway, "returned an answer that is too large", error.message)};
    }
    const bool is_late = error.code == ErrorCode::kDeadlineExceeded;
    return {CaptionOutcome::kFailed,
            caption_error(is_late ? ErrorCode::kDeadlineExceeded : ErrorCode::kUnavailable,
                          is_late ? "has not answered in time" : "cannot be reached", error.message)};
  }

  // Updates the circuit breaker, the metrics and the log.
  void record(const CaptionAttempt& attempt) {
    // A refused picture is no failure of the provider.
    if (attempt.outcome == CaptionOutcome::kOk || attempt.outcome == CaptionOutcome::kRefused) {
      breaker.succeeded();
    } else {
      breaker.failed(attempt.retry_after);
    }
    const bool is_available = breaker.state() == CircuitBreaker::State::kClosed;
    if (available != nullptr) available->set(is_available ? 1 : 0);
    if (options.metrics != nullptr) {
      options.metrics
          ->counter("fit_caption_requests_total", "Requests to the provider of captions",
                    {{"outcome", caption_label(attempt.outcome)}})
          .add();
    }
    const std::lock_guard lock(mutex);
    const bool is_rejected = attempt.outcome == CaptionOutcome::kMisconfigured;
    rejection = is_rejected ? std::optional(attempt.caption.error()) : std::nullopt;
    if (!is_available && !logged_unavailable) {
      log.warning("the provider of captions is unavailable",
                  {{"provider", name},
                   {"reason", attempt.caption ? "other requests" : attempt.caption.error().describe()}});
    } else if (is_available && logged_unavailable) {
      log.info("the provider of captions is available again");
    }
    logged_unavailable = !is_available;
  }

  // Why no request is sent while the breaker is open.
  Error unavailable() {
    const std::lock_guard lock(mutex);
    if (rejection) return *rejection;
    return {ErrorCode::kUnavailable, "the provider of captions is unavailable", {}, "breaker open"};
  }

  const Options options;
  const std::string name;
  const std::unique_ptr<CaptionProtocol> protocol;
  const Log log;
  net::HttpClient http;
  CircuitBreaker breaker;
  Histogram* seconds = nullptr;
  Gauge* available = nullptr;
  std::mutex mutex;  // guards the members below
  bool logged_unavailable = false;
  std::optional<Error> rejection;  // of the settings, by the last request
};

CaptionProvider::CaptionProvider(std::unique_ptr<State> state) : state_(std::move(state)) {}
CaptionProvider::~CaptionProvider() = default;

Result<std::unique_ptr<CaptionProvider>> CaptionProvider::make(Options options, const Log& log) {
  const bool is_gemini = options.provider == "gemini";
  if (!is_gemini && options.provider != "openai") {
    return invalid("VLM_PROVIDER", "must be gemini, openai or none");
  }
  if (options.base_url.empty()) {
    options.base_url =
        is_gemini ? "https://generativelanguage.googleapis.com/v1beta" : "https://api.openai.com/v1";
  }
  while (options.base_url.ends_with('/')) options.base_url.pop_back();
  if (!options.base_url.starts_with("http://") && !options.base_url.starts_with("https://")) {
    return invalid(std::string(kCaptionUrlSetting), "must be an http or https URL");
  }
  if (options.model.empty()) options.model = is_gemini ? kGeminiModel : kOpenaiModel;
  if (options.model.size() > kMaxCaptionValueBytes || !is_utf8(options.model)) {
    return invalid("VLM_MODEL", "must name a model of the provider");
  }
  const bool is_header = std::ranges::all_of(options.key, [](char c) { return c > ' ' && c <= '~'; });
  if (!is_header) return invalid("VLM_API_KEY", "must consist of printable characters without spaces");
  CaptionServer server{.base_url = options.base_url, .key = options.key, .model = options.model};
  auto protocol = is_gemini ? gemini_captions(std::move(server), options.fields)
                            : openai_captions(std::move(server), options.fields);
  return std::unique_ptr<CaptionProvider>(
      new CaptionProvider(std::make_unique<State>(std::move(options), std::move(protocol), log)));
}

Result<Caption> CaptionProvider::describe(const CaptionPicture& picture, const std::stop_token& stop) {
  if (!state_->breaker.allow()) return state_->unavailable();
  CaptionAttempt attempt = state_->send(picture, stop);
  const bool is_stopped = !attempt.caption && attempt.caption.error().code == ErrorCode::kCancelled;
  if (!is_stopped) state_->record(attempt);
  return std::move(attempt.caption);
}

const std::string& CaptionProvider::name() const {
  return state_->name;
}

bool CaptionProvider::is_available() const {
  return state_->breaker.state() == CircuitBreaker::State::kClosed;
}

std::chrono::milliseconds CaptionProvider::retry_in() const {
  return state_->breaker.retry_in();
}

}  // namespace fit::embed
