#include "search/text_space.h"

#include <cmath>

#include "base/byte_stream.h"
#include "base/floats.h"

namespace fit::search {

TextSpace::TextSpace(Parts parts)
    : parts_(parts),
      fallbacks_(parts.metrics.counter("fit_text_embedding_fallbacks_total",
                                       "Queries that did without the provider of text embeddings")) {}

std::optional<embed::Vector> TextSpace::embed(const std::string& words) {
  const embed::Space& space = parts_.embedder.space();
  ByteWriter key;
  key.put_text(space.name);
  key.put_text(space.version);
  key.put_text(words);
  if (parts_.cache != nullptr) {
    if (const auto bytes = parts_.cache->get(key.bytes())) {
      if (bytes->size() == static_cast<std::size_t>(space.dimensions) * sizeof(float)) {
        embed::Vector vector = floats_of(*bytes);
        if (std::abs(embed::dot(vector, vector) - 1) < 1e-3) return vector;  // false for NaN
      }
      parts_.cache->unusable();
    }
  }
  auto vectors = parts_.embedder.embed(std::span(&words, 1), embed::Priority::kInteractive);
  if (!vectors) {
    fallbacks_.add();
    return std::nullopt;
  }
  embed::Vector& vector = vectors->front();
  if (parts_.cache != nullptr) parts_.cache->put(key.bytes(), std::as_bytes(std::span(vector)));
  return std::move(vector);
}

}  // namespace fit::search
