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
#include "embed/caption_provider.h"
#include "embed/content_classifier.h"
#include "embed/detector.h"
#include "embed/remote_text_embedder.h"
#include "main/options.h"
#include "net/http_client.h"
#include "notify/apns_client.h"
#include "notify/mail_sender.h"
#include "ontology/ontology.h"
#include "serving/embedder_pool.h"
#include "serving/exchange_rate_source.h"

namespace fit {

// The parts that all tenants of a process share. It must outlive the tenants. Thread-safe after open().
class Runtime {
 public:
  // Which parts are opened.
  struct Options {
    bool is_server = false;      // whether to open Redis, and the cache of query vectors and results
    bool works_on_jobs = false;  // whether to open Redis for the queue
  };
  // kInvalid naming a setting. A Redis server or a provider that cannot be reached is no error.
  static Result<std::unique_ptr<Runtime>> open(const Config& config, Log log, const Options& options);

  const Config& config() const { return config_; }
  const Log& log() const { return log_; }
  Metrics& metrics() { return metrics_; }
  net::HttpClient& http() { return http_; }
  // What the sources of all tenants share when they ask hosts.
  ingest::Crawler& crawler() { return crawler_; }
  // Where files are stored.
  const blobs::Storage& storage() const { return storage_; }
  // The image files that the catalogue of the tenant "default" stores. Copies share the record of damaged
  // files.
  const catalog::ImageFiles& image_files() const { return image_files_; }
  // The limits of images, those of the server or of a tenant, with the memory budget that all images of this
  // process share.
  media::Limits image_limits() { return image_limits(config_.media); }
  media::Limits image_limits(const MediaSettings& settings) {
    return fit::image_limits(settings, image_memory_);
  }
  // The memory that all videos of this process share.
  ByteBudget& video_memory() { return video_memory_; }
  const ontology::Ontology& ontology() const { return *ontology_; }
  serving::EmbedderPool& embedders() { return embedders_; }
  // The embedder of item texts; null where TEXT_EMBEDDING_PROVIDER is none.
  embed::RemoteTextEmbedder* text_embedder() { return text_embedder_.get(); }
  // The provider of captions; null where VLM_PROVIDER is none and where VLM_ENABLED is false.
  embed::CaptionProvider* captions() { return captions_.get(); }

  // The classifier of the content filter; null where CONTENT_FILTER is off and where CONTENT_FILTER_MODEL is
  // empty.
  const embed::ContentClassifier* content_classifier() const { return content_classifier_.get(); }

  // The detector of garments; null where there is none, and in commands.
  const embed::Detector* detector() const { return detector_.get(); }

  // The rates of exchange; null where EXCHANGE_RATES is empty.
  const serving::ExchangeRateSource* exchange_rates() const { return exchange_rates_.get(); }

  // What sends mail; null where SMTP_URL is empty, and in commands.
  const notify::MailSender* mail() const { return mail_ ? &*mail_ : nullptr; }
  // What sends messages to devices of Apple; null where APNS_KEY_FILE is empty, and in commands.
  const notify::ApnsClient* apns() const { return apns_ ? &*apns_ : nullptr; }

  // The cache; null when there is none.
  cache::Cache* cache() { return cache_; }
  // The level of the cache in this process, for reports; null when there is none.
  const cache::MemoryCache* memory_cache() const { return memory_cache_.get(); }
  // The sessions with Redis; null when there is none.
  const cache::RedisPool* redis() const { return redis_.get(); }
  // The sessions with Redis that dispatch jobs; null unless QUEUE_BACKEND is redis.
  cache::RedisPool* queue_redis() { return queue_redis_.get(); }
  // The token buckets of rate limits: those in Redis where there is one.
  cache::RateLimiter& rate_limiter();

  // Begins the traces of requests and jobs; by default nothing is traced.
  Tracer tracer() const;

  // Ends all waits between calls of the text embedding provider. Thread-safe.
  void request_stop() { stop_.request_stop(); }

 private:
  Runtime(const Config& config, Log log, blobs::Storage storage);

  Result<void> open_reports();
  void report_crashes(const std::filesystem::path& folder);
  Result<void> open_redis();
  Result<void> open_queue_redis();
  void open_cache();
  Result<void> open_mail();
  Result<void> open_text_embedder();
  Result<void> open_captions();
  Result<void> open_content_classifier();
  Result<void> open_detector();
  Result<void> open_exchange_rates(bool refresh);
  Result<std::unique_ptr<embed::Embedder>> make_embedder(const std::string& name);

  const Config config_;
  const Log log_;
  Metrics metrics_;
  std::unique_ptr<monitor::TraceExporter> traces_;  // null: nothing is traced
  std::unique_ptr<monitor::Sentry> sentry_;         // null: errors are not reported
  std::stop_source stop_;
  ByteBudget image_memory_;
  ByteBudget video_memory_;
  const blobs::Storage storage_;
  catalog::ImageFiles image_files_;
  net::HttpClient http_;
  ingest::Crawler crawler_;
  std::unique_ptr<cache::MemoryCache> memory_cache_;
  std::unique_ptr<cache::RedisPool> redis_;
  std::unique_ptr<cache::RedisPool> queue_redis_;
  std::unique_ptr<cache::RedisCache> redis_cache_;
  std::unique_ptr<cache::TieredCache> tiered_cache_;
  cache::Cache* cache_ = nullptr;
  cache::MemoryRateLimiter memory_rate_limiter_;
  std::unique_ptr<cache::RedisRateLimiter> redis_rate_limiter_;
  std::optional<ontology::Ontology> ontology_;  // set by open()
  serving::EmbedderPool embedders_;
  std::unique_ptr<embed::RemoteTextEmbedder> text_embedder_;
  std::unique_ptr<embed::CaptionProvider> captions_;
  std::unique_ptr<embed::ContentClassifier> content_classifier_;
  std::unique_ptr<embed::Detector> detector_;
  std::optional<notify::MailSender> mail_;
  std::optional<notify::ApnsClient> apns_;
  std::unique_ptr<serving::ExchangeRateSource> exchange_rates_;
};

}  // namespace fit
