#include "main/runtime.h"

#include "base/background_task.h"
#include "base/clock.h"
#include "embed/caching_embedder.h"
#include "embed/provider.h"
#include "jobs/redis_dispatch.h"
#include "main/options.h"
#include "monitor/crash.h"

namespace fit {

Runtime::Runtime(const Config& config, Log log, blobs::Storage storage)
    : config_(config),
      log_(std::move(log)),
      image_memory_(config.media.image_memory_bytes),
      video_memory_(config.media.video_memory_bytes),
      storage_(std::move(storage)),
      image_files_(catalog::stored_image_files(storage_)),
      http_({.allow_private_addresses = config.net.allow_private_addresses}),
      crawler_(http_, crawler_options(config.crawl)),
      memory_rate_limiter_({.metrics = &metrics_}),
      embedders_({.space_of =
                      [this](const std::string& name) {
                        return embed::space_of(embedder_options(config_, metrics_, name));
                      },
                  .make = [this](const std::string& name) { return make_embedder(name); }}) {}

Result<std::unique_ptr<Runtime>> Runtime::open(const Config& config, Log log, const Options& options) {
  FIT_TRY(auto storage, open_storage(config.storage));
  std::unique_ptr<Runtime> runtime(new Runtime(config, std::move(log), std::move(storage)));
  if (options.is_server || options.works_on_jobs) FIT_CHECK(runtime->open_reports());
  if (options.is_server) {
    FIT_CHECK(runtime->open_redis());
    runtime->open_cache();
  }
  if (options.works_on_jobs) FIT_CHECK(runtime->open_queue_redis());
  if (options.is_server || options.works_on_jobs) FIT_CHECK(runtime->open_mail());
  FIT_TRY(runtime->ontology_, ontology::Ontology::load());
  FIT_CHECK(runtime->open_text_embedder());
  FIT_CHECK(runtime->open_captions());
  FIT_CHECK(runtime->open_content_classifier());
  if (options.is_server || options.works_on_jobs) FIT_CHECK(runtime->open_detector());
  FIT_CHECK(runtime->open_exchange_rates(options.is_server || options.works_on_jobs));
  return runtime;
}

cache::RateLimiter& Runtime::rate_limiter() {
  if (redis_rate_limiter_) return *redis_rate_limiter_;
  return memory_rate_limiter_;
}

Tracer Runtime::tracer() const {
  return traces_ ? Tracer(*traces_, config_.traces.ratio) : Tracer();
}

// Opens what sends traces and reports of errors.
Result<void> Runtime::open_reports() {
  FIT_TRY(auto traces, trace_options(config_.traces));
  FIT_TRY(auto reports, sentry_options(config_.error_reports));
  if (traces) {
    traces_ = std::make_unique<monitor::TraceExporter>(*std::move(traces), metrics_, log_);
    traces_->start();
  }
  if (reports) {
    sentry_ = std::make_unique<monitor::Sentry>(*std::move(reports), metrics_, log_);
    sentry_->start();
  }
  const std::filesystem::path crashes = config_.storage.path / "crashes";
  report_crashes(crashes);
  monitor::record_crashes(crashes);
  return {};
}

// Says what has ended earlier processes.
void Runtime::report_crashes(const std::filesystem::path& folder) {
  for (monitor::ErrorReport& crash : monitor::take_crashes(folder)) {
    std::string stack;
    for (const monitor::StackFrame& frame : crash.stack) {
      stack += (stack.empty() ? "" : " < ") + (frame.function.empty() ? frame.module : frame.function);
    }
    log_.warning("an earlier process has crashed",
                 {{"signal", crash.reason}, {"at", to_rfc3339(crash.time)}, {"stack", stack}});
    if (sentry_) sentry_->report(std::move(crash));
  }
}

// Opens Redis if it is configured, for the cache and for rate limits.
Result<void> Runtime::open_redis() {
  if (config_.cache.redis_url.empty()) return {};
  cache::RedisPool::Options options;
  options.connections = config_.http.worker_threads;
  options.metrics = &metrics_;
  FIT_TRY(redis_, cache::RedisPool::open(config_.cache.redis_url, log_, std::move(options)));
  redis_rate_limiter_ = std::make_unique<cache::RedisRateLimiter>(*redis_, memory_rate_limiter_, log_);
  return {};
}

// The sessions are the queue's own: it may wait longer for a reply than a search does for the cache.
Result<void> Runtime::open_queue_redis() {
  if (config_.jobs.backend != "redis") return {};
  if (config_.cache.redis_url.empty())
    return invalid("REDIS_URL", "must be given where QUEUE_BACKEND is redis");
  cache::RedisPool::Options options;
  options.connections = 2;
  options.command_timeout = std::chrono::seconds(1);
  FIT_TRY(queue_redis_, cache::RedisPool::open(config_.cache.redis_url, log_, std::move(options)));
  return jobs::check_persistence(*queue_redis_, log_);
}

// Opens the cache in this process, with Redis as the second level if it is open.
void Runtime::open_cache() {
  const CacheSettings& settings = config_.cache;
  if (settings.time_to_live == std::chrono::seconds(0)) return;
  memory_cache_ = std::make_unique<cache::MemoryCache>(
      cache::MemoryCache::Options{.max_bytes = settings.max_bytes, .metrics = &metrics_});
  cache_ = memory_cache_.get();
  if (redis_ == nullptr) return;
  redis_cache_ = std::make_unique<cache::RedisCache>(*redis_);
  tiered_cache_ = std::make_unique<cache::TieredCache>(*memory_cache_, *redis_cache_);
  cache_ = tiered_cache_.get();
}

Result<void> Runtime::open_mail() {
  FIT_TRY(auto options, mail_options(config_.mail));
  if (options) mail_.emplace(*std::move(options));
  FIT_TRY(auto apns, apns_options(config_.apns));
  if (apns) apns_.emplace(http_, *std::move(apns));
  return {};
}

Result<void> Runtime::open_text_embedder() {
  if (!config_.text_embedding.is_enabled()) return {};
  auto options = text_embedder_options(config_.text_embedding);
  options.metrics = &metrics_;
  options.wait = [stop = stop_.get_token()](std::chrono::milliseconds time) {
    return wait_unless_stopped(stop, time);
  };
  FIT_TRY(text_embedder_, embed::RemoteTextEmbedder::make(std::move(options), log_));
  return {};
}

Result<void> Runtime::open_captions() {
  if (!config_.vlm.is_used()) return {};
  auto options = caption_options(config_.vlm, *ontology_);
  options.metrics = &metrics_;
  FIT_TRY(captions_, embed::CaptionProvider::make(std::move(options), log_));
  return {};
}

Result<void> Runtime::open_content_classifier() {
  const ContentSettings& settings = config_.content;
  if (settings.filter == "off" || settings.model.empty()) return {};
  FIT_TRY(content_classifier_, embed::open_content_classifier(settings.model, config_.models_folder()));
  return {};
}

Result<void> Runtime::open_detector() {
  const std::string& model = config_.detection.model;
  if (model.empty()) return {};
  FIT_TRY(detector_, embed::open_detector(model, config_.models_folder()));
  return {};
}

// Commands use the table that is there, and do not keep it up to date.
Result<void> Runtime::open_exchange_rates(bool refresh) {
  if (config_.search.exchange_rates.empty()) return {};
  FIT_TRY(exchange_rates_,
          serving::ExchangeRateSource::open({.http = http_, .log = log_, .metrics = metrics_},
                                            exchange_rate_options(config_)));
  if (refresh) exchange_rates_->start();
  return {};
}

Result<std::unique_ptr<embed::Embedder>> Runtime::make_embedder(const std::string& name) {
  embed::EmbedderOptions options = embedder_options(config_, metrics_, name);
  options.remote.wait = [stop = stop_.get_token()](std::chrono::milliseconds time) {
    return wait_unless_stopped(stop, time);
  };
  FIT_TRY(auto embedder, embed::make_embedder(options));
  if (cache_ == nullptr) return embedder;
  return std::make_unique<embed::CachingEmbedder>(std::move(embedder), *cache_, config_.cache.time_to_live,
                                                  metrics_);
}

}  // namespace fit
