#include "main/serve.h"

#include <unistd.h>

#include <thread>

#include "base/format.h"
#include "base/version.h"
#include "http/server.h"
#include "search/follower.h"
#include "search/state_metrics.h"
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

watch::Health make_health(App& app) {
  return watch::Health({{"store", [&app] { return store_state(app.store()); }},
                        {"index", [&app] { return index_state(app.backend()); }},
                        {"model", [&app] { return model_state(app.embedder()); }},
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
  options.embedding_provider = app.embedder().space().name;
  options.has_text_search = app.embedder().space().has_text;
  return options;
}

// Embeds what has no vector yet, once, beside the running server.
class BackgroundBackfill {
 public:
  explicit BackgroundBackfill(App& app) : thread_([this, &app] { run(app); }) {}
  ~BackgroundBackfill() {
    stop_ = true;
    thread_.join();
  }
  BackgroundBackfill(const BackgroundBackfill&) = delete;
  BackgroundBackfill& operator=(const BackgroundBackfill&) = delete;

 private:
  void run(App& app) {
    const auto report = app.catalog().backfill({}, [this](std::int64_t, std::int64_t) { return !stop_; });
    if (!report) {
      if (!stop_) app.log().error("embedding of older pictures ended early", report.error());
    } else if (report->done + report->failed > 0) {
      app.log().info("older pictures embedded", {{"done", report->done}, {"failed", report->failed}});
    }
  }

  std::atomic<bool> stop_ = false;
  std::thread thread_;
};

}  // namespace

Result<void> serve(App& app) {
  FIT_CHECK(app.load_search());
  std::optional<search::Follower> follower;
  std::optional<search::StateMetrics> state_metrics;
  if (app.index() != nullptr) {
    follower.emplace(app.store(), app.columns(), *app.index(), app.log(), app.metrics(),
                     search::Follower::Options{});
    app.set_on_change([&follower] { follower->notify(); });
  } else {
    state_metrics.emplace(app.store(), app.backend(), app.log(), app.metrics());
  }
  const watch::Health health = make_health(app);
  http::Server server(server_options(app), {.engine = app.engine(),
                                            .catalog = app.catalog(),
                                            .health = health,
                                            .http = app.http(),
                                            .embedder = app.embedder(),
                                            .image_limits = image_limits(app.config()),
                                            .metrics = app.metrics(),
                                            .log = app.log()});
  const BackgroundBackfill backfill(app);
  const Result<void> served = server.run();
  return served;
}

}  // namespace fit
