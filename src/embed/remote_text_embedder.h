#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <string>

#include "base/circuit_breaker.h"
#include "base/log.h"
#include "base/metrics.h"
#include "embed/text_embedder.h"
#include "net/http_client.h"

namespace fit::embed {

// Embeds texts with a server that implements OpenAI's embeddings API (POST BASE/embeddings): OpenAI, vLLM,
// Ollama, text-embeddings-inference or another fit. The request asks for Options::dimensions; longer vectors
// are truncated and scaled to norm 1, which suits models trained for it (Kusupati et al., "Matryoshka
// Representation Learning", 2022). Responses are validated: number, order, dimensions and values. The key
// appears in no message and no log line. A circuit breaker opens after repeated failures and after "429 Too
// Many Requests". Thread-safe; calls block.
class RemoteTextEmbedder final : public TextEmbedder {
 public:
  // The server, its model, and the limits on calls to it.
  struct Options {
    std::string base_url = "https://api.openai.com/v1";
    std::string key;  // empty: send no key
    std::string model = "text-embedding-3-small";
    int dimensions = 1536;                                 // dimensions of the space
    std::chrono::milliseconds interactive_timeout{2'000};  // limit of an interactive request
    std::chrono::milliseconds background_timeout{10'000};  // limit of each attempt of a background request
    int background_retries = 4;                            // after 429, 5xx and failed connections
    CircuitBreaker::Options breaker;
    Metrics* metrics = nullptr;  // fit_text_embedding_*; must outlive this object
    // Waits between attempts; empty: sleeps. When it returns false, the call returns kCancelled.
    std::function<bool(std::chrono::milliseconds)> wait;
  };

  // kInvalid, naming a setting, when an option is out of range.
  static Result<std::unique_ptr<RemoteTextEmbedder>> make(Options options, Log log);
  ~RemoteTextEmbedder() override;

  const Space& space() const override;
  Result<std::vector<Vector>> embed(std::span<const std::string> texts, Priority priority) override;
  bool is_available() const override;

  void probe() override;
  std::chrono::milliseconds retry_in() const override;

 private:
  struct State;
  explicit RemoteTextEmbedder(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace fit::embed
