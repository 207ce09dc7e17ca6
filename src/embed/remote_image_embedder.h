#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <string>

#include "base/circuit_breaker.h"
#include "base/metrics.h"
#include "embed/embedder.h"

namespace fit::embed {

// Embeds images and texts with a remote provider (remote_protocol.h). Images are sent as JPEG
// files of at most 512 pixels a side. The key appears in no message and no log line. A circuit breaker opens
// after repeated failures and after "429 Too Many Requests"; while it is open, calls fail at once with
// kUnavailable, except one trial call after each pause. Thread-safe; calls block.
//
// embed_file() and embed_texts(), for which somebody waits, get one attempt; embed_images() repeats requests
// that the provider may answer later. Errors: kInvalid when the provider rejects an input; kUnavailable,
// kDeadlineExceeded, kBadGateway and kUnauthorized when the provider fails; kCancelled when a wait between
// attempts is stopped.
class RemoteImageEmbedder final : public Embedder {
 public:
  // The provider, its model, and the limits on calls to it.
  struct Options {
    std::string provider;       // a name of RemoteProtocol::providers()
    std::string base_url = {};  // empty: that of the provider
    std::string key = {};       // empty: send no key
    std::string model = {};     // empty: that of the provider
    int dimensions = 0;   // of the space, and asked for; 0: those of the provider's model, and not asked for
    int batch_size = 16;  // inputs of one request; at most those that the provider takes
    std::chrono::milliseconds interactive_timeout{5'000};  // of the one attempt
    std::chrono::milliseconds background_timeout{20'000};  // of each attempt
    int background_retries = 2;                            // after 429, 5xx and failed connections
    CircuitBreaker::Options breaker = {};
    Metrics* metrics = nullptr;  // fit_remote_embedding_*; must outlive this object
    // Waits between attempts; empty: sleeps. When it returns false, the call returns kCancelled.
    std::function<bool(std::chrono::milliseconds)> wait = {};
  };

  // Asks nobody. kInvalid naming a setting when an option is out of range.
  static Result<std::unique_ptr<RemoteImageEmbedder>> make(Options options);
  // The space of that embedder. The errors of make().
  static Result<Space> space_of(const Options& options);
  ~RemoteImageEmbedder() override;

  const Space& space() const override;
  int image_short_side() const override;
  Result<std::vector<Vector>> embed_images(std::span<const media::Image> images) override;
  Result<Vector> embed_file(std::string_view field, ByteView file, const media::Limits& limits) override;
  Result<std::vector<Vector>> embed_texts(std::span<const std::string> texts) override;
  bool is_remote() const override { return true; }
  bool is_available() const override;

 private:
  struct State;
  explicit RemoteImageEmbedder(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace fit::embed
