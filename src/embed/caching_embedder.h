#pragma once

#include <memory>
#include <optional>

#include "cache/cache_namespace.h"
#include "embed/embedder.h"

namespace fit::embed {

// An Embedder that caches the vectors of texts and of image files, so that a repeated query needs neither
// decoding nor the model. The key is the text, or the file's SHA-256 with the decoding limits; both with the
// space's name and version and the program's version. A cached value that is no unit vector of the space (the
// cache may be damaged or hostile) is ignored. embed_images() is not cached. Thread-safe; calls block, and
// return the errors of `inner`, which are not cached. Owns `inner`; the cache and the metrics must outlive
// it.
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
  std::size_t count_tokens(std::string_view text) const override { return inner_->count_tokens(text); }
  bool is_remote() const override { return inner_->is_remote(); }
  bool is_available() const override { return inner_->is_available(); }
  Result<std::vector<PropertyPredictions>> predict(std::span<const Vector> vectors) override {
    return inner_->predict(vectors);
  }
  Result<std::vector<std::vector<float>>> score_labels(std::span<const Vector> vectors,
                                                       std::span<const Label> labels) override {
    return inner_->score_labels(vectors, labels);
  }

 private:
  std::optional<Vector> cached_vector(cache::CacheNamespace& cache, ByteView key) const;

  std::unique_ptr<Embedder> inner_;
  const std::string key_prefix_;  // the program's version and the space
  cache::CacheNamespace texts_;
  cache::CacheNamespace files_;
};

}  // namespace fit::embed
