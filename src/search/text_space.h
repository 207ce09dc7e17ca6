#pragma once

#include <optional>
#include <string>

#include "base/metrics.h"
#include "cache/cache_namespace.h"
#include "embed/text_embedder.h"

namespace fit::search {

// Embeds the words of queries into the text space, where items' texts have vectors. While the provider is
// unavailable, queries proceed without the text space. Thread-safe; calls block. Borrows its parts.
class TextSpace {
 public:
  // The dependencies of TextSpace.
  struct Parts {
    embed::TextEmbedder& embedder;
    cache::CacheNamespace* cache = nullptr;  // null: vectors are not cached
    Metrics& metrics;
  };
  explicit TextSpace(Parts parts);

  // The vector of the words; nullopt when the provider fails.
  std::optional<embed::Vector> embed(const std::string& words);

 private:
  Parts parts_;
  Counter& fallbacks_;
};

}  // namespace fit::search
