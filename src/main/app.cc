#include "main/app.h"

#include <algorithm>
#include <ranges>

#include "base/format.h"
#include "base/text.h"
#include "catalog/chosen_space.h"
#include "embed/caching_embedder.h"
#include "search/change_follower.h"

namespace fit {
namespace {

std::size_t size(std::int64_t number) {
  return static_cast<std::size_t>(number);
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
  options.graph = graph_options(config);
  return options;
}

bool makes(const Result<embed::Space>& made, const domain::SpaceRecord& space) {
  return made && made->name == space.name && made->version == space.version &&
         made->dimensions == space.dimensions;
}

}  // namespace

store::GraphOptions graph_options(const Config& config) {
  return {.m = static_cast<int>(config.db_hnsw_m),
          .ef_construction = static_cast<int>(config.db_hnsw_ef_construction)};
}

Result<embed::Vector> embed_grey_image(embed::Embedder& embedder) {
  const media::Image grey{.width = 32, .height = 32, .rgb = std::vector<std::uint8_t>(32 * 32 * 3, 128)};
  FIT_TRY(auto vectors, embedder.embed_images(std::span(&grey, 1)));
  return std::move(vectors.front());
}

media::Limits image_limits(const Config& config) {
  return {.max_bytes = static_cast<std::uint64_t>(config.max_image_bytes),
          .max_pixels = static_cast<std::uint64_t>(config.max_image_pixels),
          .max_time = config.image_timeout};
}

embed::EmbedderOptions embedder_options(const Config& config, Metrics& metrics, const std::string& name) {
  return {.provider = name.empty() ? config.embedding_provider : embed::provider_of(name),
          .model = name.empty() ? config.embedding_model : name,
          .models_dir = config.models_folder(),
          .batch_size = static_cast<int>(config.batch_size),
          .max_concurrent = static_cast<int>(config.max_concurrent_embeddings),
          .threads = static_cast<int>(config.embedding_threads),
          .metrics = &metrics};
}

Result<std::unique_ptr<embed::Embedder>> make_embedder(const Config& config, Metrics& metrics,
                                                       const std::string& name) {
  return embed::make_embedder(embedder_options(config, metrics, name));
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

Result<std::unique_ptr<embed::Embedder>> App::open_embedder(const std::string& name) {
  FIT_TRY(auto embedder, make_embedder(config_, metrics_, name));
  if (cache_ == nullptr) return embedder;
  return std::make_unique<embed::CachingEmbedder>(
      std::move(embedder), *cache_, std::chrono::seconds(config_.vector_search_cache_ttl), metrics_);
}

Result<std::unique_ptr<App>> App::open(const Config& config, Log log, const OpenOptions& options) {
  std::unique_ptr<App> app(new App(config, std::move(log), options));
  if (options.remembers) FIT_CHECK(app->open_cache());
  FIT_TRY(app->store_, store::open_catalogue(config.database_url, store_options(config)));
  app->http_ = std::make_unique<net::HttpClient>(
      net::HttpClient::Options{.allow_private_addresses = config.allow_private_addresses});
  FIT_TRY(app->ontology_, ontology::Ontology::load());
  FIT_CHECK(app->open_text_space());
  FIT_TRY(app->space_, app->open_first_space());
  return app;
}

Result<std::unique_ptr<SearchedSpace>> App::open_first_space() {
  const auto chosen = catalog::chosen_space(*store_);
  if (!chosen && chosen.error().code != ErrorCode::kNotFound) return chosen.error();
  if (chosen && !*chosen) return open_space(std::nullopt);
  Error problem = chosen ? Error{} : chosen.error();
  if (chosen) {
    auto space = open_space(*chosen);
    if (space) return space;
    problem = space.error();
  }
  log_.warning("the chosen space cannot be searched here; the settings decide instead",
               {{"space", chosen ? (*chosen)->name : ""}, {"reason", problem.describe()}});
  return open_space(std::nullopt);
}

Result<std::unique_ptr<SearchedSpace>> App::open_space(const std::optional<domain::SpaceRecord>& chosen) {
  FIT_TRY(auto embedder, chosen ? embedder_of(*chosen) : open_embedder(""));
  return SearchedSpace::open(*this, std::move(embedder), chosen.has_value());
}

bool App::is_of_settings(const domain::SpaceRecord& space) {
  return makes(embed::space_of(embedder_options(config_, metrics_)), space);
}

// A model is known by its name, or is the configured one, which may lie anywhere.
Result<std::unique_ptr<embed::Embedder>> App::embedder_of(const domain::SpaceRecord& space) {
  const auto of_name = embed::space_of(embedder_options(config_, metrics_, space.model));
  if (makes(of_name, space)) return open_embedder(space.model);
  if (is_of_settings(space)) return open_embedder("");
  if (!of_name) return of_name.error();
  return Error{ErrorCode::kUnavailable,
               fit::format("the model '{}' here is version {}, and the vectors of the space {} are of {}",
                           space.model, of_name->version, space.name, space.version),
               {},
               {}};
}

Result<void> App::open_text_space() {
  if (config_.text_embedding_provider == "none") return {};
  embed::RemoteTextEmbedder::Options options;
  options.base_url = config_.openai_base_url;
  options.key = config_.openai_api_key;
  options.model = config_.text_embedding_model;
  options.dimensions = static_cast<int>(config_.text_embedding_dimensions);
  options.interactive_timeout = config_.text_embedding_timeout;
  options.metrics = &metrics_;
  options.wait = [this](std::chrono::milliseconds time) {
    return wait_unless_stopped(stopping_.get_token(), time);
  };
  FIT_TRY(text_embedder_, embed::RemoteTextEmbedder::make(std::move(options), log_));
  const embed::Space& space = text_embedder_->space();
  FIT_TRY(text_space_, store_->spaces().ensure({space.name, space.model, space.version, space.dimensions,
                                                domain::VectorsOf::kTexts}));
  text_vectors_ =
      std::make_unique<catalog::TextVectors>(catalog::TextVectors::Parts{.store = *store_,
                                                                         .embedder = *text_embedder_,
                                                                         .space_id = text_space_.id,
                                                                         .log = log_,
                                                                         .metrics = metrics_,
                                                                         .on_change = [this] { changed(); }});
  return {};
}

std::unique_ptr<search::SpaceIndex> App::make_index(const domain::SpaceRecord& space) {
  return std::make_unique<search::SpaceIndex>(
      *store_,
      search::SpaceIndex::Options{
          .folder = config_.storage_path / "index" / fit::format("{}-{}", space.name, space.id),
          .space = space,
          .index = {.m = static_cast<int>(config_.hnsw_m),
                    .ef_construction = static_cast<int>(config_.hnsw_ef_construction)}},
      log_);
}

Result<void> App::load_shared() {
  if (has_shared_) return {};
  if (store_->vector_search() == nullptr) {
    FIT_CHECK(search::load_columns(*store_, columns_));
    if (text_embedder_) text_index_ = make_index(text_space_);
  }
  if (text_embedder_ && cache_ != nullptr) {
    kept_words_ = std::make_unique<cache::CacheNamespace>(
        *cache_, "text", std::chrono::seconds(config_.vector_search_cache_ttl), metrics_);
  }
  if (text_embedder_) {
    texts_ = std::make_unique<search::TextSpace>(search::TextSpace::Parts{
        .embedder = *text_embedder_, .kept = kept_words_.get(), .metrics = metrics_});
  }
  has_shared_ = true;
  return {};
}

Result<domain::SpaceRecord> App::register_space(const embed::Embedder& embedder) {
  const embed::Space& space = embedder.space();
  return store_->spaces().ensure({space.name, space.model, space.version, space.dimensions});
}

Result<domain::SpaceRecord> App::find_space(const embed::Embedder& embedder) {
  FIT_TRY(const auto known, store_->spaces().list());
  const auto found = std::ranges::find_if(known, [&embedder](const domain::SpaceRecord& one) {
    return one.name == embedder.space().name && one.version == embedder.space().version;
  });
  return found == known.end() ? domain::SpaceRecord{} : *found;
}

}  // namespace fit
