#pragma once

#include <memory>
#include <optional>
#include <stop_token>

#include "base/config.h"
#include "base/log.h"
#include "base/metrics.h"
#include "base/result.h"
#include "cache/memory_cache.h"
#include "cache/memory_rate_limiter.h"
#include "cache/redis_cache.h"
#include "cache/redis_pool.h"
#include "cache/redis_rate_limiter.h"
#include "cache/tiered_cache.h"
#include "catalog/image_files.h"
#include "embed/remote_text_embedder.h"
#include "main/options.h"
#include "net/http_client.h"
#include "ontology/ontology.h"
#include "serving/embedder_pool.h"

namespace fit {

// The parts that all tenants of a process share. It must outlive the tenants. Thread-safe after open().
class Runtime {
 public:
  // Which parts are opened.
  struct Options {
    bool is_server = false;  // whether to open Redis, and the cache of query vectors and results
  };
  // kInvalid naming a setting. A Redis server or a provider that cannot be reached is no error.
  static Result<std::unique_ptr<Runtime>> open(const Config& config, Log log, const Options& options);

  const Config& config() const { return config_; }
  const Log& log() const { return log_; }
  Metrics& metrics() { return metrics_; }
  net::HttpClient& http() { return http_; }
  // The image files that the catalogue stores. Copies share the record of damaged files.
  const catalog::ImageFiles& image_files() const { return image_files_; }
  // The limits of images, with the memory budget that all images of this process share.
  media::Limits image_limits() { return fit::image_limits(config_.media, image_memory_); }
  const ontology::Ontology& ontology() const { return *ontology_; }
  serving::EmbedderPool& embedders() { return embedders_; }
  // The embedder of item texts; null where TEXT_EMBEDDING_PROVIDER is none.
  embed::RemoteTextEmbedder* text_embedder() { return text_embedder_.get(); }

  // The cache; null when there is none.
  cache::Cache* cache() { return cache_; }
  // The level of the cache in this process, for reports; null when there is none.
  const cache::MemoryCache* memory_cache() const { return memory_cache_.get(); }
  // The sessions with Redis; null when there is none.
  const cache::RedisPool* redis() const { return redis_.get(); }
  // The token buckets of rate limits: those in Redis where there is one.
  cache::RateLimiter& rate_limiter();

  // Ends all waits between calls of the text embedding provider. Thread-safe.
  void request_stop() { stop_.request_stop(); }

 private:
  Runtime(const Config& config, Log log);

  Result<void> open_redis();
  void open_cache();
  Result<void> open_text_embedder();
  Result<std::unique_ptr<embed::Embedder>> make_embedder(const std::string& name);

  const Config config_;
  const Log log_;
  Metrics metrics_;
  std::stop_source stop_;
  ByteBudget image_memory_;
  catalog::ImageFiles image_files_;
  net::HttpClient http_;
  std::unique_ptr<cache::MemoryCache> memory_cache_;
  std::unique_ptr<cache::RedisPool> redis_;
  std::unique_ptr<cache::RedisCache> redis_cache_;
  std::unique_ptr<cache::TieredCache> tiered_cache_;
  cache::Cache* cache_ = nullptr;
  cache::MemoryRateLimiter memory_rate_limiter_;
  std::unique_ptr<cache::RedisRateLimiter> redis_rate_limiter_;
  std::optional<ontology::Ontology> ontology_;  // set by open()
  serving::EmbedderPool embedders_;
  std::unique_ptr<embed::RemoteTextEmbedder> text_embedder_;
};

}  // namespace fit
