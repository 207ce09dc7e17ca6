#include "main/app.h"

#include <algorithm>

#include "base/format.h"
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

Result<std::unique_ptr<App>> App::open(const Config& config, Log log, bool local_paths) {
  std::unique_ptr<App> app(new App(config, std::move(log)));
  FIT_TRY(app->embedder_, make_embedder(config, app->metrics_));
  FIT_TRY(app->store_, store::open_store(config.database_url, {.connections = size(config.db_pool_size)}));
  app->http_ = std::make_unique<net::HttpClient>(
      net::HttpClient::Options{.allow_private_addresses = config.allow_private_addresses});
  const embed::Space& space = app->embedder_->space();
  FIT_TRY(app->space_, app->store_->ensure_space(space.name, space.model, space.version, space.dimensions));
  FIT_CHECK(app->open_rerank_spaces());
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
                              .allow_local_paths = local_paths});
  return app;
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
    auto embedder = make_embedder(config_, metrics_, one.space);
    if (embedder) {
      const embed::Space& space = (*embedder)->space();
      FIT_TRY(const auto record,
              store_->ensure_space(space.name, space.model, space.version, space.dimensions));
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

Result<void> App::load_memory() {
  FIT_TRY(columns_position_, search::load_columns(*store_, columns_));
  index_ = std::make_unique<search::SpaceIndex>(
      *store_,
      search::SpaceIndex::Options{.folder = config_.storage_path / "index" / space_.name,
                                  .space = space_,
                                  .hnsw_m = static_cast<int>(config_.hnsw_m),
                                  .hnsw_ef_construction = static_cast<int>(config_.hnsw_ef_construction)},
      log_);
  backend_ = std::make_unique<search::MemoryBackend>(*store_, *index_, columns_);
  return {};
}

Result<void> App::load_search() {
  if (store::VectorSearch* const search = store_->vector_search()) {
    backend_ = std::make_unique<search::DatabaseBackend>(*store_, *search, space_, metrics_);
  } else {
    FIT_CHECK(load_memory());
  }
  engine_ = std::make_unique<search::SearchEngine>(
      search::SearchEngine::Parts{.store = *store_,
                                  .embedder = *embedder_,
                                  .backend = *backend_,
                                  .ontology = *ontology_,
                                  .rerank_spaces = rerank_spaces_,
                                  .image_limits = image_limits(config_),
                                  .metrics = metrics_});
  return {};
}

}  // namespace fit
