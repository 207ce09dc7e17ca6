#pragma once

#include <optional>
#include <string>

#include "base/metrics.h"
#include "cache/cache_namespace.h"
#include "embed/text_embedder.h"

namespace fit::search {

// Embeds the words of queries into the text space, where items' texts have vectors. The provider may be
// unavailable at any time; queries then do without. Thread-safe; calls block. Does not own its parts.
class TextSpace {
 public:
  struct Parts {
    embed::TextEmbedder& embedder;
    cache::CacheNamespace* cache = nullptr;  // null: vectors are not cached
    Metrics& metrics;
  };
  explicit TextSpace(Parts parts);

  // The vector of the words; nothing while the provider does not respond.
  std::optional<embed::Vector> embed(const std::string& words);

 private:
  Parts parts_;
  Counter& fallbacks_;
};

}  // namespace fit::search
