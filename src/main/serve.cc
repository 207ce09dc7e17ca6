#include "main/serve.h"

#include <unistd.h>

#include "base/format.h"
#include "base/version.h"
#include "http/api.h"
#include "http/scratch_folder.h"
#include "http/server.h"
#include "main/space_switch.h"
#include "main/text_filler.h"
#include "monitor/health.h"

namespace fit {
namespace {

Result<Json> index_state(SearchedSpace& space) {
  FIT_TRY(const auto state, space.measured().state());
  if (!space.backend().is_complete()) {
    return Error{ErrorCode::kUnavailable,
                 fit::format("being built: {} pictures so far", state.backend.images),
                 {},
                 {}};
  }
  return Json{{"space", space.record().name},         {"kind", state.backend.kind},
              {"images", state.backend.images},       {"missing", state.missing},
              {"missing_ratio", state.missing_ratio}, {"bytes", state.backend.bytes},
              {"position", state.backend.position}};
}

double seconds(std::chrono::milliseconds time) {
  return std::chrono::duration<double>(time).count();
}

Result<Json> model_state(embed::Embedder& embedder) {
  FIT_CHECK(embed_grey_image(embedder));
  const embed::Space& space = embedder.space();
  return Json{{"provider", space.name},
              {"model", space.model},
              {"version", space.version},
              {"dimensions", space.dimensions}};
}

// What was counted last: counting takes long in a large catalogue.
Result<Json> store_state(store::Catalogue& store, SearchedSpace& space) {
  FIT_CHECK(store.check());
  FIT_TRY(const auto state, space.measured().state());
  const sql::PoolStats use = store.pool_stats();
  Json replicas = Json::array();
  for (const sql::PoolStats::Replica& one : use.replicas) {
    replicas.push_back({{"name", one.name},
                        {"is_used", one.is_used},
                        {"lag_bytes", one.lag_bytes},
                        {"lag_s", seconds(one.lag)}});
  }
  Json answer = {{"items", state.counts.items},
                 {"images", state.counts.images},
                 {"connections",
                  {{"open", use.open},
                   {"busy", use.busy},
                   {"waiting", use.waiting},
                   {"writes_waiting", use.writes_waiting}}}};
  if (!use.replicas.empty()) answer["replicas"] = std::move(replicas);
  return answer;
}

// As they are when they are asked for.
void show_connections(const sql::PoolStats& use, Metrics& metrics) {
  const auto show = [&metrics](const char* state, std::size_t count) {
    metrics.gauge("fit_database_connections", "Connections to the database that read", {{"state", state}})
        .set(static_cast<double>(count));
  };
  show("busy", use.busy);
  show("idle", use.open - use.busy);
  const auto wait = [&metrics](const char* for_what, std::size_t count) {
    metrics.gauge("fit_database_waiting", "Calls that wait for a connection", {{"for", for_what}})
        .set(static_cast<double>(count));
  };
  wait("read", use.waiting);
  wait("write", use.writes_waiting);
  for (const sql::PoolStats::Replica& one : use.replicas) {
    const Labels labels = {{"replica", one.name}};
    metrics.gauge("fit_replica_used", "1 while reads go to the standby", labels).set(one.is_used ? 1 : 0);
    metrics.gauge("fit_replica_lag_bytes", "Log of the primary that the standby has not replayed", labels)
        .set(static_cast<double>(one.lag_bytes));
    metrics.gauge("fit_replica_lag_seconds", "Age of the oldest write that the standby lacks", labels)
        .set(seconds(one.lag));
  }
}

Result<Json> storage_state(const std::filesystem::path& path) {
  if (::access(path.c_str(), W_OK | X_OK) != 0) {
    return Error{ErrorCode::kStorageFull, "the folder STORAGE_PATH cannot be written", {}, {}};
  }
  std::error_code error;
  const auto space = std::filesystem::space(path, error);
  if (error)
    return Error{ErrorCode::kStorageFull, "the folder STORAGE_PATH cannot be read", {}, error.message()};
  constexpr std::uintmax_t kLeast = 64u << 20;
  if (space.available < kLeast) {
    return Error{ErrorCode::kStorageFull,
                 fit::format("only {} MiB are free under STORAGE_PATH", space.available >> 20),
                 {},
                 {}};
  }
  return Json{{"free_bytes", space.available}};
}

// Never at fault: without it answers only take longer.
Json cache_state(const App& app) {
  if (app.memory_cache() == nullptr) return {{"level", "none"}};
  const auto stats = app.memory_cache()->stats();
  Json state = {{"level", app.redis() == nullptr ? "memory" : "memory and redis"},
                {"entries", stats.entries},
                {"memory_bytes", stats.bytes}};
  if (app.redis() != nullptr) state["redis"] = app.redis()->is_connected() ? "connected" : "passed over";
  return state;
}

// Never at fault: without the provider, words are answered by the local model.
Result<Json> text_embedding_state(App& app, SearchedSpace& space) {
  const embed::RemoteTextEmbedder& embedder = *app.text_embedder();
  FIT_TRY(const auto measured, space.measured().state());
  const std::int64_t vectors = measured.text_vectors;
  Json state = {{"space", app.text_space().name},
                {"model", embedder.space().model},
                {"dimensions", embedder.space().dimensions},
                {"provider", embedder.is_available() ? "used" : "passed over"},
                {"items_without_vector", std::max<std::int64_t>(0, measured.counts.items - vectors)},
                {"indexed", app.text_index() == nullptr
                                ? vectors
                                : static_cast<std::int64_t>(app.text_index()->vectors().stats().images)}};
  if (!embedder.is_available()) state["retry_in_s"] = static_cast<double>(embedder.retry_in().count()) / 1000;
  return state;
}

monitor::Health make_health(App& app, const SpaceSwitch& spaces) {
  std::vector<monitor::Check> checks = {
      {"store", [&app, &spaces] { return store_state(app.store(), *spaces.current()); }},
      {"index", [&spaces] { return index_state(*spaces.current()); }},
      {"model", [&spaces] { return model_state(spaces.current()->embedder()); }},
      {"space", [&spaces] { return Result<Json>(spaces.state()); }},
      {"storage", [&app] { return storage_state(app.config().storage_path); }},
      {"cache", [&app] { return Result<Json>(cache_state(app)); }}};
  if (app.text_embedder() != nullptr) {
    checks.push_back(
        {"text_embedding", [&app, &spaces] { return text_embedding_state(app, *spaces.current()); }});
  }
  return monitor::Health(std::move(checks));
}

http::ServerOptions server_options(const Config& config, const std::filesystem::path& scratch_path) {
  http::ServerOptions options;
  options.host = config.app_host;
  options.port = static_cast<std::uint16_t>(config.app_port);
  options.io_threads = static_cast<std::size_t>(config.http_threads);
  options.worker_threads = static_cast<std::size_t>(config.worker_threads);
  options.max_queued = static_cast<std::size_t>(config.max_queued_requests);
  options.scratch_path = scratch_path;
  options.version = kVersion;
  return options;
}

http::TenantSnapshot tenant_snapshot(App& app, const SpaceSwitch& spaces) {
  const auto space = spaces.current();
  return {.owner = space,
          .engine = space->engine(),
          .catalog = space->catalog(),
          .embedder = space->embedder(),
          .has_text_search = space->embedder().space().has_text || app.text_embedder() != nullptr};
}

http::Router make_router(App& app, const SpaceSwitch& spaces, const monitor::Health& health,
                         const std::filesystem::path& scratch_path) {
  const Config& config = app.config();
  const http::Views views(config.cdn_base_url);
  const auto max_body_bytes = static_cast<std::size_t>(config.max_body_bytes);
  const auto max_image_bytes = static_cast<std::size_t>(config.max_image_bytes);
  http::Router router([&app, &spaces](const http::Principal&) { return tenant_snapshot(app, spaces); });
  http::add_search_routes(
      router,
      {.views = views,
       .http = app.http(),
       .max_body_bytes = max_body_bytes,
       .max_image_bytes = max_image_bytes,
       // Slow servers elsewhere occupy at most a quarter of the threads.
       .max_fetches = static_cast<std::size_t>(std::max<std::int64_t>(1, config.worker_threads / 4))});
  http::add_item_routes(
      router, {.views = views, .max_body_bytes = max_body_bytes, .max_image_bytes = max_image_bytes});
  http::add_import_route(router, {.scratch_path = scratch_path,
                                  .max_body_bytes = static_cast<std::size_t>(config.max_import_bytes)});
  http::add_sample_route(router);
  http::add_image_routes(router);
  http::add_embedding_routes(router,
                             {.max_body_bytes = max_body_bytes, .image_limits = image_limits(config)});
  http::add_status_routes(router,
                          {.health = health, .metrics = app.metrics(), .version = std::string(kVersion)});
  http::add_page_routes(router);
  return router;
}

}  // namespace

Result<void> serve(App& app) {
  TextFiller filler(app);
  FIT_TRY(const auto spaces, SpaceSwitch::open(app));
  app.set_on_change([&spaces, &filler] {
    spaces->current()->notify();
    filler.notify();
  });
  spaces->start();
  filler.start();
  app.metrics().on_expose([&app] { show_connections(app.store().pool_stats(), app.metrics()); });
  const monitor::Health health = make_health(app, *spaces);
  FIT_TRY(const http::ScratchFolder scratch,
          http::ScratchFolder::make(app.config().storage_path / "scratch"));
  http::Server server(
      server_options(app.config(), scratch.path()), make_router(app, *spaces, health, scratch.path()),
      http::standard_middleware(
          {.metrics = app.metrics(), .log = app.log(), .cors_origin = app.config().cors_origin}),
      app.metrics(), app.log());
  const Result<void> served = server.run();
  filler.stop();  // what it writes, it tells to `spaces`
  return served;
}

}  // namespace fit
