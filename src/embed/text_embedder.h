#pragma once

#include <span>
#include <string>
#include <vector>

#include "base/result.h"
#include "embed/embedder.h"

namespace fit::embed {

// Who waits for the vectors of texts.
enum class Patience {
  kQuestion,   // somebody who asks: one try, and none while the provider is passed over
  kBackground  // nobody: tries again with growing pauses, and tries a provider that is passed over
};

// Turns texts into vectors of a space of texts. Thread-safe; calls block.
class TextEmbedder {
 public:
  virtual ~TextEmbedder() = default;

  virtual const Space& space() const = 0;

  // One vector a text, in order, of the space's dimensions and L2 norm 1; all or none. kInvalid when the
  // provider refuses the texts themselves; kUnavailable, kDeadlineExceeded, kBadGateway, kUnauthorized when
  // it cannot be had now.
  virtual Result<std::vector<Vector>> embed(std::span<const std::string> texts, Patience patience) = 0;

  // Whether questions are put to it at the moment.
  virtual bool is_available() const = 0;

 protected:
  TextEmbedder() = default;
  TextEmbedder(const TextEmbedder&) = default;
  TextEmbedder& operator=(const TextEmbedder&) = default;
};

}  // namespace fit::embed
