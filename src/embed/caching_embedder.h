#pragma once

#include <memory>
#include <optional>

#include "cache/cache_namespace.h"
#include "embed/embedder.h"

namespace fit::embed {

// An Embedder around another that remembers the vectors of texts and of image files for a while, so that a
// question asked again costs neither decoding nor the model. Keys are the text, or the file's SHA-256 with
// the limits that it was decoded under; both with the space's name and version and the program's version.
// Remembered vectors that are not of the space (a damaged or hostile cache) are passed over. Decoded images
// are not remembered. Thread-safe. Does not own the cache and the metrics.
class CachingEmbedder final : public Embedder {
 public:
  CachingEmbedder(std::unique_ptr<Embedder> inner, cache::Cache& cache, cache::milliseconds time_to_live,
                  Metrics& metrics);

  const Space& space() const override { return inner_->space(); }
  int image_short_side() const override { return inner_->image_short_side(); }
  Result<media::Image> prepare(const media::Image& image) const override { return inner_->prepare(image); }
  Result<std::vector<Vector>> embed_images(std::span<const media::Image> images) override {
    return inner_->embed_images(images);
  }
  Result<Vector> embed_file(std::string_view field, ByteView file, const media::Limits& limits) override;
  Result<std::vector<Vector>> embed_texts(std::span<const std::string> texts) override;
  Result<std::vector<PropertyPredictions>> predict(std::span<const Vector> vectors) override {
    return inner_->predict(vectors);
  }
  Result<std::vector<std::vector<float>>> score_labels(std::span<const Vector> vectors,
                                                       std::span<const Label> labels) override {
    return inner_->score_labels(vectors, labels);
  }

 private:
  std::optional<Vector> remembered(cache::CacheNamespace& kept, ByteView key) const;

  std::unique_ptr<Embedder> inner_;
  const std::string of_space_;  // in front of every key
  cache::CacheNamespace texts_;
  cache::CacheNamespace files_;
};

}  // namespace fit::embed
