#include "main/app.h"

#include <algorithm>
#include <ranges>

#include "base/format.h"
#include "base/text.h"
#include "embed/caching_embedder.h"
#include "embed/provider.h"
#include "ontology/ontology.h"
#include "search/database_backend.h"
#include "search/follower.h"

namespace fit {
namespace {

std::size_t size(std::int64_t number) {
  return static_cast<std::size_t>(number);
}

net::HttpLimits fetch_limits(const Config& config) {
  net::HttpLimits limits;
  limits.total_timeout = config.fetch_timeout;
  limits.max_bytes = static_cast<std::uint64_t>(config.max_image_bytes);
  return limits;
}

store::OpenOptions store_options(const Config& config) {
  store::OpenOptions options{.connections = size(config.db_pool_size),
                             .overflow_connections = size(config.db_max_overflow),
                             .statement_timeout = config.db_statement_timeout,
                             .read_urls = {},
                             .max_lag = config.db_max_replica_lag};
  for (const auto part : std::views::split(config.database_read_url, ',')) {
    const std::string_view url(part.begin(), part.end());
    if (!trim(url).empty()) options.read_urls.emplace_back(trim(url));
  }
  options.graph = {.m = static_cast<int>(config.db_hnsw_m),
                   .ef_construction = static_cast<int>(config.db_hnsw_ef_construction)};
  return options;
}

}  // namespace

media::Limits image_limits(const Config& config) {
  return {.max_bytes = static_cast<std::uint64_t>(config.max_image_bytes),
          .max_pixels = static_cast<std::uint64_t>(config.max_image_pixels),
          .max_time = config.image_timeout};
}

Result<std::unique_ptr<embed::Embedder>> make_embedder(const Config& config, Metrics& metrics,
                                                       const std::string& space) {
  return embed::make_embedder(
      {.provider = space.empty() ? config.embedding_provider : embed::provider_of(space),
       .model = space.empty() ? config.embedding_model : space,
       .models_dir = config.models_folder(),
       .batch_size = static_cast<int>(config.batch_size),
       .max_concurrent = static_cast<int>(config.max_concurrent_embeddings),
       .threads = static_cast<int>(config.embedding_threads),
       .metrics = &metrics});
}

// Every process remembers for itself; in front of a Redis, where there is one.
Result<void> App::open_cache() {
  if (config_.vector_search_cache_ttl == 0) return {};
  memory_cache_ = std::make_unique<cache::MemoryCache>(cache::MemoryCache::Options{
      .max_bytes = size(config_.vector_search_cache_bytes), .metrics = &metrics_});
  cache_ = memory_cache_.get();
  if (config_.redis_url.empty()) return {};
  cache::RedisCache::Options options;
  options.connections = size(config_.worker_threads);
  options.metrics = &metrics_;
  FIT_TRY(redis_, cache::RedisCache::open(config_.redis_url, log_, std::move(options)));
  tiered_cache_ = std::make_unique<cache::TieredCache>(*memory_cache_, *redis_);
  cache_ = tiered_cache_.get();
  return {};
}

Result<std::unique_ptr<embed::Embedder>> App::open_embedder(const std::string& space) {
  FIT_TRY(auto embedder, make_embedder(config_, metrics_, space));
  if (cache_ == nullptr) return embedder;
  return std::make_unique<embed::CachingEmbedder>(
      std::move(embedder), *cache_, std::chrono::seconds(config_.vector_search_cache_ttl), metrics_);
}

// What shapes answers beside the question and the catalogue.
std::string App::answer_settings() const {
  std::string settings =
      fit::format("{}/{}/{}", space_.id, config_.max_image_bytes, config_.max_image_pixels);
  if (text_embedder_) settings += fit::format("/texts {}", text_space_.id);
  for (const search::RerankSpace& one : rerank_spaces_) {
    settings += fit::format("/{}*{}{}", one.space.id, one.weight, one.embedder == nullptr ? "" : "+");
  }
  return settings;
}

Result<std::unique_ptr<App>> App::open(const Config& config, Log log, const OpenOptions& options) {
  std::unique_ptr<App> app(new App(config, std::move(log)));
  if (options.remembers) FIT_CHECK(app->open_cache());
  FIT_TRY(app->embedder_, app->open_embedder(""));
  FIT_TRY(app->store_, store::open_store(config.database_url, store_options(config)));
  app->http_ = std::make_unique<net::HttpClient>(
      net::HttpClient::Options{.allow_private_addresses = config.allow_private_addresses});
  FIT_TRY(app->space_, app->register_space(*app->embedder_));
  FIT_CHECK(app->open_rerank_spaces());
  FIT_CHECK(app->open_text_space());
  std::vector<catalog::ActiveSpace> spaces = {{app->space_.id, app->embedder_.get()}};
  for (const search::RerankSpace& one : app->rerank_spaces_) {
    if (one.embedder != nullptr) spaces.push_back({one.space.id, one.embedder});
  }
  FIT_TRY(app->ontology_, ontology::Ontology::load());
  app->catalog_ = std::make_unique<catalog::Catalog>(
      catalog::Catalog::Parts{.store = *app->store_,
                              .http = *app->http_,
                              .spaces = std::move(spaces),
                              .ontology = *app->ontology_,
                              .log = app->log_,
                              .metrics = app->metrics_,
                              .on_change =
                                  [raw = app.get()] {
                                    if (raw->on_change_) raw->on_change_();
                                  }},
      catalog::CatalogOptions{.storage_path = config.storage_path,
                              .image_limits = image_limits(config),
                              .fetch_limits = fetch_limits(config),
                              .thumbnail_side = static_cast<int>(config.thumbnail_size),
                              .allow_local_paths = options.local_paths});
  return app;
}

Result<store::SpaceRecord> App::register_space(const embed::Embedder& embedder) {
  const embed::Space& space = embedder.space();
  return store_->ensure_space(space.name, space.model, space.version, space.dimensions);
}

Result<store::SpaceRecord> App::find_space(const embed::Embedder& embedder) {
  FIT_TRY(const auto known, store_->spaces());
  const auto found = std::ranges::find_if(known, [&embedder](const store::SpaceRecord& one) {
    return one.name == embedder.space().name && one.version == embedder.space().version;
  });
  return found == known.end() ? store::SpaceRecord{} : *found;
}

// A space of RERANK_SPACES is one that an embedder of that name makes, or one whose vectors were imported.
Result<void> App::open_rerank_spaces() {
  FIT_TRY(const auto wanted, search::parse_rerank_spaces(config_.rerank_spaces));
  if (wanted.empty()) return {};
  FIT_TRY(const auto known, store_->spaces());
  for (const search::RerankWeight& one : wanted) {
    if (one.space == space_.name) {
      return invalid("RERANK_SPACES", fit::format("\"{}\" is the searched space itself", one.space));
    }
    auto embedder = open_embedder(one.space);
    if (embedder) {
      FIT_TRY(const auto record, register_space(**embedder));
      rerank_spaces_.push_back({.space = record, .embedder = embedder->get(), .weight = one.weight});
      rerank_embedders_.push_back(*std::move(embedder));
      continue;
    }
    const auto imported = std::ranges::find(known, one.space, &store::SpaceRecord::name);
    if (imported == known.end()) {
      return invalid("RERANK_SPACES",
                     fit::format("\"{}\" is neither a space of imported vectors nor an installed "
                                 "model: {}",
                                 one.space, embedder.error().message));
    }
    rerank_spaces_.push_back({.space = *imported, .weight = one.weight});
  }
  return {};
}

Result<void> App::open_text_space() {
  if (config_.text_embedding_provider == "none") return {};
  embed::RemoteTextEmbedder::Options options;
  options.base_url = config_.openai_base_url;
  options.key = config_.openai_api_key;
  options.model = config_.text_embedding_model;
  options.dimensions = static_cast<int>(config_.text_embedding_dimensions);
  options.question_time = config_.text_embedding_timeout;
  options.metrics = &metrics_;
  options.wait = [this](std::chrono::milliseconds time) { return stopping_.wait_for(time); };
  FIT_TRY(text_embedder_, embed::RemoteTextEmbedder::make(std::move(options), log_));
  const embed::Space& space = text_embedder_->space();
  FIT_TRY(text_space_, store_->ensure_text_space(space.name, space.model, space.version, space.dimensions));
  text_vectors_ =
      std::make_unique<catalog::TextVectors>(catalog::TextVectors::Parts{.store = *store_,
                                                                         .embedder = *text_embedder_,
                                                                         .space_id = text_space_.id,
                                                                         .log = log_,
                                                                         .metrics = metrics_,
                                                                         .on_change = [this] {
                                                                           if (on_change_) on_change_();
                                                                         }});
  return {};
}

std::unique_ptr<search::SpaceIndex> App::make_index(const store::SpaceRecord& space) {
  return std::make_unique<search::SpaceIndex>(
      *store_,
      search::SpaceIndex::Options{.folder = config_.storage_path / "index" / space.name,
                                  .space = space,
                                  .hnsw_m = static_cast<int>(config_.hnsw_m),
                                  .hnsw_ef_construction = static_cast<int>(config_.hnsw_ef_construction)},
      log_);
}

void App::load_text_space() {
  if (!text_embedder_) return;
  if (cache_ != nullptr) {
    kept_words_ = std::make_unique<cache::Kept>(
        *cache_, "text", std::chrono::seconds(config_.vector_search_cache_ttl), metrics_);
  }
  texts_ = std::make_unique<search::TextSpace>(
      search::TextSpace::Parts{.embedder = *text_embedder_, .kept = kept_words_.get(), .metrics = metrics_});
}

Result<void> App::load_memory() {
  FIT_CHECK(search::load_columns(*store_, columns_));
  index_ = make_index(space_);
  if (text_embedder_) text_index_ = make_index(text_space_);
  backend_ = std::make_unique<search::MemoryBackend>(*store_, *index_, columns_, text_index_.get());
  return {};
}

Result<void> App::load_search() {
  if (store::VectorSearch* const search = store_->vector_search()) {
    // An answer that is remembered must not be made with older values.
    const auto values_age = cache_ != nullptr ? std::chrono::seconds(0) : std::chrono::seconds(2);
    backend_ =
        std::make_unique<search::DatabaseBackend>(*store_, *search, space_, metrics_, values_age,
                                                  text_embedder_ ? std::optional(text_space_) : std::nullopt);
  } else {
    FIT_CHECK(load_memory());
  }
  load_text_space();
  // Standbys may be behind the position that the primary tells: answers that they gave are not remembered.
  if (cache_ != nullptr && config_.database_read_url.empty()) {
    answers_ = std::make_unique<search::AnswerCache>(
        search::AnswerCache::Parts{.store = *store_,
                                   .backend = *backend_,
                                   .cache = *cache_,
                                   .time_to_live = std::chrono::seconds(config_.vector_search_cache_ttl),
                                   .settings = answer_settings(),
                                   .metrics = metrics_});
  }
  engine_ = std::make_unique<search::SearchEngine>(
      search::SearchEngine::Parts{.store = *store_,
                                  .embedder = *embedder_,
                                  .backend = *backend_,
                                  .ontology = *ontology_,
                                  .rerank_spaces = rerank_spaces_,
                                  .image_limits = image_limits(config_),
                                  .metrics = metrics_,
                                  .answers = answers_.get(),
                                  .texts = texts_.get()});
  return {};
}

}  // namespace fit
