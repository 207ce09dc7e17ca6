#pragma once

#include <chrono>
#include <span>
#include <string>
#include <vector>

#include "base/result.h"
#include "embed/embedder.h"

namespace fit::embed {

// How long embed() may take.
enum class Priority {
  kInteractive,  // one attempt; fails fast while the circuit breaker is open
  kBackground  // retries with exponential backoff, and probes the provider when the circuit breaker allows it
};

// Turns texts into vectors of a text space. Thread-safe; calls block.
class TextEmbedder {
 public:
  virtual ~TextEmbedder() = default;

  virtual const Space& space() const = 0;

  // Returns one vector per text, in order, with the space's dimensions and L2 norm 1. The call fails as a
  // whole: kInvalid when the provider rejects the texts; kUnavailable, kDeadlineExceeded, kBadGateway or
  // kUnauthorized when the provider fails; kCancelled when a wait between attempts is stopped.
  virtual Result<std::vector<Vector>> embed(std::span<const std::string> texts, Priority priority) = 0;

  // Whether interactive requests are sent to the provider (the circuit breaker is closed).
  virtual bool is_available() const = 0;

  // Sends one short request when the circuit breaker allows a probe; no effect while it is closed. Call it
  // from a background thread: interactive requests do not probe the provider.
  virtual void probe() {}

  // The time until the next attempt is allowed; zero when it is allowed now.
  virtual std::chrono::milliseconds retry_in() const { return {}; }

 protected:
  TextEmbedder() = default;
  TextEmbedder(const TextEmbedder&) = default;
  TextEmbedder& operator=(const TextEmbedder&) = default;
};

}  // namespace fit::embed
