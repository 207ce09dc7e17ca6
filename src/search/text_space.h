#pragma once

#include <optional>
#include <string>

#include "base/metrics.h"
#include "cache/cache_namespace.h"
#include "embed/text_embedder.h"

namespace fit::search {

// Words for the space of items' texts beside the searched one of images (Backend::nearest_texts()). Its
// provider may be away at any time; then questions are answered without. Thread-safe. Does not own its parts.
class TextSpace {
 public:
  struct Parts {
    embed::TextEmbedder& embedder;
    cache::CacheNamespace* kept = nullptr;  // optional: vectors of words are remembered there
    Metrics& metrics;
  };
  explicit TextSpace(Parts parts);

  // The words as a vector; nothing while the provider does not answer.
  std::optional<embed::Vector> embed(const std::string& words);

 private:
  Parts parts_;
  Counter& fallbacks_;
};

}  // namespace fit::search
