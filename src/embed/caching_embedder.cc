#include "embed/caching_embedder.h"

#include <cmath>
#include <cstring>

#include "base/byte_stream.h"
#include "base/hash.h"
#include "base/version.h"

namespace fit::embed {
namespace {

constexpr double kNormTolerance = 1e-3;

std::string name_of(const Space& space) {
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
      of_space_(name_of(inner_->space())),
      texts_(cache, "text", time_to_live, metrics),
      files_(cache, "photo", time_to_live, metrics) {}

std::optional<Vector> CachingEmbedder::remembered(cache::CacheNamespace& kept, ByteView key) const {
  const auto bytes = kept.get(key);
  if (!bytes) return std::nullopt;
  Vector vector(static_cast<std::size_t>(space().dimensions));
  if (bytes->size() == vector.size() * sizeof(float)) {
    std::memcpy(vector.data(), bytes->data(), bytes->size());
    if (std::abs(dot(vector, vector) - 1) < kNormTolerance) return vector;  // false for NaN
  }
  kept.unusable();
  return std::nullopt;
}

Result<Vector> CachingEmbedder::embed_file(std::string_view field, ByteView file,
                                           const media::Limits& limits) {
  if (file.size() > limits.max_bytes) return inner_->embed_file(field, file, limits);  // its error
  ByteWriter key;
  key.put_text(of_space_);
  key.put_text(sha256_hex(file));
  key.put(limits.max_bytes);
  key.put(limits.max_pixels);
  key.put(limits.min_side);
  if (auto vector = remembered(files_, key.bytes())) return *std::move(vector);
  FIT_TRY(auto vector, inner_->embed_file(field, file, limits));
  files_.put(key.bytes(), bytes_of(vector));
  return vector;
}

Result<std::vector<Vector>> CachingEmbedder::embed_texts(std::span<const std::string> texts) {
  if (!space().has_text) return inner_->embed_texts(texts);
  std::vector<Vector> vectors(texts.size());
  std::vector<Bytes> keys;
  std::vector<std::string> wanted;
  std::vector<std::size_t> places;  // of `wanted` among the texts
  for (std::size_t i = 0; i < texts.size(); ++i) {
    ByteWriter key;
    key.put_text(of_space_);
    key.put_text(texts[i]);
    keys.push_back(key.take());
    if (auto vector = remembered(texts_, keys[i])) {
      vectors[i] = *std::move(vector);
    } else {
      wanted.push_back(texts[i]);
      places.push_back(i);
    }
  }
  if (wanted.empty()) return vectors;
  FIT_TRY(auto made, inner_->embed_texts(wanted));
  for (std::size_t i = 0; i < made.size(); ++i) {
    texts_.put(keys[places[i]], bytes_of(made[i]));
    vectors[places[i]] = std::move(made[i]);
  }
  return vectors;
}

}  // namespace fit::embed
