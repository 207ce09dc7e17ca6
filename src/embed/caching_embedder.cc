#include "embed/caching_embedder.h"

#include <cmath>

#include "base/byte_stream.h"
#include "base/floats.h"
#include "base/hash.h"
#include "base/version.h"

namespace fit::embed {
namespace {

constexpr double kNormTolerance = 1e-3;

std::string key_prefix(const Space& space) {
  ByteWriter writer;
  writer.put_text(kVersion);
  writer.put_text(space.name);
  writer.put_text(space.version);
  return std::string(as_text(writer.bytes()));
}

ByteView bytes_of(const Vector& vector) {
  return std::as_bytes(std::span(vector));
}

}  // namespace

CachingEmbedder::CachingEmbedder(std::unique_ptr<Embedder> inner, cache::Cache& cache,
                                 cache::milliseconds time_to_live, Metrics& metrics)
    : inner_(std::move(inner)),
      key_prefix_(key_prefix(inner_->space())),
      texts_(cache, "text", time_to_live, metrics),
      files_(cache, "photo", time_to_live, metrics) {}

std::optional<Vector> CachingEmbedder::cached_vector(cache::CacheNamespace& cache, ByteView key) const {
  const auto bytes = cache.get(key);
  if (!bytes) return std::nullopt;
  if (bytes->size() == static_cast<std::size_t>(space().dimensions) * sizeof(float)) {
    Vector vector = floats_of(*bytes);
    if (std::abs(dot(vector, vector) - 1) < kNormTolerance) return vector;  // false for NaN
  }
  cache.unusable();
  return std::nullopt;
}

Result<Vector> CachingEmbedder::embed_file(std::string_view field, ByteView file,
                                           const media::Limits& limits) {
  if (file.size() > limits.max_bytes) return inner_->embed_file(field, file, limits);  // fails
  ByteWriter key;
  key.put_text(key_prefix_);
  key.put_text(sha256_hex(file));
  key.put(limits.max_bytes);
  key.put(limits.max_pixels);
  key.put(limits.max_side);
  key.put(limits.min_side);
  if (auto vector = cached_vector(files_, key.bytes())) return *std::move(vector);
  FIT_TRY(auto vector, inner_->embed_file(field, file, limits));
  files_.put(key.bytes(), bytes_of(vector));
  return vector;
}

Result<std::vector<Vector>> CachingEmbedder::embed_texts(std::span<const std::string> texts) {
  if (!space().has_text) return inner_->embed_texts(texts);
  std::vector<Vector> vectors(texts.size());
  std::vector<Bytes> keys;
  std::vector<std::string> missing;
  std::vector<std::size_t> positions;  // the indexes of the missing texts in `texts`
  for (std::size_t i = 0; i < texts.size(); ++i) {
    ByteWriter key;
    key.put_text(key_prefix_);
    key.put_text(texts[i]);
    keys.push_back(key.take());
    if (auto vector = cached_vector(texts_, keys[i])) {
      vectors[i] = *std::move(vector);
    } else {
      missing.push_back(texts[i]);
      positions.push_back(i);
    }
  }
  if (missing.empty()) return vectors;
  FIT_TRY(auto computed, inner_->embed_texts(missing));
  for (std::size_t i = 0; i < computed.size(); ++i) {
    texts_.put(keys[positions[i]], bytes_of(computed[i]));
    vectors[positions[i]] = std::move(computed[i]);
  }
  return vectors;
}

}  // namespace fit::embed
