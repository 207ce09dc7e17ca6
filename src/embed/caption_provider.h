#pragma once

#include <chrono>
#include <memory>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

#include "base/circuit_breaker.h"
#include "base/log.h"
#include "base/metrics.h"
#include "embed/caption.h"

namespace fit::embed {

// Asks a vision-language model at a server what a picture shows. Each call sends one request, without
// retries: callers have a queue. A circuit breaker opens after repeated failures, after "429 Too Many
// Requests", and when the server rejects the key, the model or other settings. The key appears in no message
// and no log line. Thread-safe; calls block.
class CaptionProvider {
 public:
  // The server, its model, and the limits on requests.
  struct Options {
    std::string provider = "openai";  // or "gemini"
    std::string base_url;             // empty: that of the provider
    std::string key;                  // empty: send no key
    std::string model;                // empty: kGeminiModel or kOpenaiModel
    std::vector<CaptionField> fields;
    std::chrono::milliseconds timeout{30'000};  // of a request
    CircuitBreaker::Options breaker = {};
    Metrics* metrics = nullptr;  // fit_caption_*; must outlive this object
  };
  static constexpr std::string_view kGeminiModel = "gemini-2.5-flash";
  static constexpr std::string_view kOpenaiModel = "gpt-4o-mini";

  // kInvalid, naming a setting, when an option is out of range.
  static Result<std::unique_ptr<CaptionProvider>> make(Options options, const Log& log);
  ~CaptionProvider();
  CaptionProvider(const CaptionProvider&) = delete;
  CaptionProvider& operator=(const CaptionProvider&) = delete;

  // Describes a picture. kUnavailable: the breaker is open, the server cannot be reached, is overloaded,
  // rejects the settings or does not know the model; kUnauthorized: it rejects the key. Both of the latter
  // open the breaker at once, and are its error while it is open; kDeadlineExceeded; kBadGateway: it failed,
  // or its answer cannot be used; kInvalid: it refuses the picture; kCancelled after `stop`.
  Result<Caption> describe(const CaptionPicture& picture, const std::stop_token& stop);

  // "gemini:gemini-2.5-flash", the origin of what it says.
  const std::string& name() const;
  // Whether the circuit breaker is closed.
  bool is_available() const;
  // The time until describe() sends a request again; zero unless the breaker is open.
  std::chrono::milliseconds retry_in() const;

 private:
  struct State;
  explicit CaptionProvider(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace fit::embed
