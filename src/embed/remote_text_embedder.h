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

// The vectors of texts from a server that speaks the embeddings format of OpenAI's API (POST
// BASE/embeddings): OpenAI itself, or vLLM, Ollama, text-embeddings-inference, another fit. Fewer dimensions
// than the model has are asked for; a server that gives all of them all the same has its vectors cut off and
// scaled to norm 1 again, which suits models that were trained for it (Kusupati et al., "Matryoshka
// Representation Learning", 2022). Nothing that it answers is trusted: number, order, dimensions and values
// are checked. The key stands in no message and no log line.
class RemoteTextEmbedder final : public TextEmbedder {
 public:
  struct Options {
    std::string base_url = "https://api.openai.com/v1";
    std::string key;  // empty: none is sent
    std::string model = "text-embedding-3-small";
    int dimensions = 1536;                           // of the space
    std::chrono::milliseconds question_time{2'000};  // of a try for a question
    std::chrono::milliseconds background_time{10'000};
    int background_retries = 4;  // after 429, 5xx and connections that fail
    CircuitBreaker::Options breaker;
    Metrics* metrics = nullptr;  // fit_text_embedding_*; must outlive this object
    // How to wait between tries; empty: by sleeping. A wait that returns false ends the call (kCancelled).
    std::function<bool(std::chrono::milliseconds)> wait;
  };

  // kInvalid naming a setting.
  static Result<std::unique_ptr<RemoteTextEmbedder>> make(Options options, Log log);
  ~RemoteTextEmbedder() override;

  const Space& space() const override;
  Result<std::vector<Vector>> embed(std::span<const std::string> texts, Patience patience) override;
  bool is_available() const override;

  // Tries a provider that is passed over, when it is time to, by one short request; for a thread that nobody
  // waits for, since questions do not try it.
  void try_again();

  // For telling how it is.
  CircuitBreaker::State breaker() const;
  // Until it may be tried again; zero when it may be now.
  std::chrono::milliseconds retry_in() const;

 private:
  struct State;
  explicit RemoteTextEmbedder(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace fit::embed
