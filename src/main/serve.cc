#include "main/serve.h"

#include <unistd.h>

#include "base/format.h"
#include "base/version.h"
#include "http/server.h"
#include "main/space_switch.h"
#include "watch/health.h"

namespace fit {
namespace {

Result<Json> index_state(const search::Backend& backend) {
  FIT_TRY(const search::BackendState state, backend.state());
  if (!backend.is_complete()) {
    return Error{
        ErrorCode::kUnavailable, fit::format("being built: {} pictures so far", state.images), {}, {}};
  }
  return Json{{"space", backend.space().name},
              {"kind", state.kind},
              {"images", state.images},
              {"memory_bytes", state.bytes},
              {"position", state.position}};
}

// Embeds a small grey picture: the model is proven by using it.
Result<Json> model_state(embed::Embedder& embedder) {
  media::Image grey{.width = 32, .height = 32, .rgb = std::vector<std::uint8_t>(32 * 32 * 3, 128)};
  FIT_CHECK(embedder.embed_images(std::span(&grey, 1)));
  const embed::Space& space = embedder.space();
  return Json{{"provider", space.name},
              {"model", space.model},
              {"version", space.version},
              {"dimensions", space.dimensions}};
}

Result<Json> store_state(store::Store& store) {
  FIT_CHECK(store.check());
  FIT_TRY(const store::Counts counts, store.counts());
  return Json{{"items", counts.items}, {"images", counts.images}};
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

watch::Health make_health(App& app, const SpaceSwitch& spaces) {
  return watch::Health({{"store", [&app] { return store_state(app.store()); }},
                        {"index", [&spaces] { return index_state(spaces.current()->backend()); }},
                        {"model", [&spaces] { return model_state(spaces.current()->embedder()); }},
                        {"space", [&spaces] { return Result<Json>(spaces.state()); }},
                        {"storage", [&app] { return storage_state(app.config().storage_path); }},
                        {"cache", [&app] { return Result<Json>(cache_state(app)); }}});
}

http::ServerOptions server_options(App& app) {
  const Config& config = app.config();
  http::ServerOptions options;
  options.host = config.app_host;
  options.port = static_cast<std::uint16_t>(config.app_port);
  options.io_threads = static_cast<std::size_t>(config.http_threads);
  options.worker_threads = static_cast<std::size_t>(config.worker_threads);
  options.max_queued = static_cast<std::size_t>(config.max_queued_requests);
  options.max_body_bytes = static_cast<std::size_t>(config.max_body_bytes);
  options.max_import_bytes = static_cast<std::size_t>(config.max_import_bytes);
  options.max_image_bytes = static_cast<std::size_t>(config.max_image_bytes);
  options.scratch_path = config.storage_path / "scratch";
  options.cdn_base_url = config.cdn_base_url;
  options.cors_origin = config.cors_origin;
  options.version = kVersion;
  return options;
}

http::Serving serving(const SpaceSwitch& spaces) {
  const auto space = spaces.current();
  return {.keeps = space,
          .engine = space->engine(),
          .catalog = space->catalog(),
          .embedder = space->embedder(),
          .has_text_search = space->embedder().space().has_text};
}

}  // namespace

Result<void> serve(App& app) {
  FIT_TRY(const auto spaces, SpaceSwitch::start(app));
  app.set_on_change([&spaces] { spaces->current()->notify(); });
  const watch::Health health = make_health(app, *spaces);
  http::Server server(server_options(app), {.serving = [&spaces] { return serving(*spaces); },
                                            .health = health,
                                            .http = app.http(),
                                            .image_limits = image_limits(app.config()),
                                            .metrics = app.metrics(),
                                            .log = app.log()});
  return server.run();
}

}  // namespace fit
