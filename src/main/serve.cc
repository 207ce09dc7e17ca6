#include "main/serve.h"

#include <unistd.h>

#include <thread>

#include "base/format.h"
#include "base/stop_signal.h"
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

// Never at fault: without the provider, words are answered by the local model.
Result<Json> text_embedding_state(App& app) {
  const embed::RemoteTextEmbedder& embedder = *app.text_embedder();
  FIT_TRY(const store::Counts counts, app.store().counts());
  FIT_TRY(const std::int64_t vectors, app.store().count_text_vectors(app.text_space().id));
  Json state = {{"space", app.text_space().name},
                {"model", embedder.space().model},
                {"dimensions", embedder.space().dimensions},
                {"provider", embedder.is_available() ? "used" : "passed over"},
                {"items_without_vector", std::max<std::int64_t>(0, counts.items - vectors)},
                {"indexed", app.text_index() == nullptr
                                ? vectors
                                : static_cast<std::int64_t>(app.text_index()->vectors().stats().images)}};
  if (!embedder.is_available()) state["retry_in_s"] = static_cast<double>(embedder.retry_in().count()) / 1000;
  return state;
}

watch::Health make_health(App& app) {
  std::vector<watch::Check> checks = {
      {"store", [&app] { return store_state(app.store()); }},
      {"index", [&app] { return index_state(app.backend()); }},
      {"model", [&app] { return model_state(app.embedder()); }},
      {"storage", [&app] { return storage_state(app.config().storage_path); }},
      {"cache", [&app] { return Result<Json>(cache_state(app)); }}};
  if (app.text_embedder() != nullptr) {
    checks.push_back({"text_embedding", [&app] { return text_embedding_state(app); }});
  }
  return watch::Health(std::move(checks));
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
  options.has_text_search = app.embedder().space().has_text || app.text_embedder() != nullptr;
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

// Gives items their vectors in the space of texts as they come, beside the running server; waits for a
// provider that is away.
class TextFiller {
 public:
  explicit TextFiller(App& app) : app_(app) {}
  ~TextFiller() {
    signal_.stop();
    app_.stop_waiting();
    if (thread_.joinable()) thread_.join();
  }
  TextFiller(const TextFiller&) = delete;
  TextFiller& operator=(const TextFiller&) = delete;

  void start() {
    if (app_.text_vectors() != nullptr) thread_ = std::thread([this] { run(); });
  }
  void notify() { signal_.wake(); }

 private:
  void run() {
    constexpr std::chrono::milliseconds kPoll{1000};
    bool told = false;
    while (!signal_.is_stopped()) {
      const auto report = app_.text_vectors()->follow([this](std::int64_t) { return !signal_.is_stopped(); });
      if (!report && !told && !signal_.is_stopped()) {
        app_.log().warning("items wait for their text vectors", {{"reason", report.error().describe()}});
      }
      told = !report;
      app_.text_embedder()->try_again();
      if (report) {
        signal_.wait_for(kPoll);
      } else {
        app_.wait_for(std::max(kPoll, app_.text_embedder()->retry_in()));
      }
    }
  }

  App& app_;
  StopSignal signal_;
  std::thread thread_;
};

}  // namespace

Result<void> serve(App& app) {
  FIT_CHECK(app.load_search());
  std::optional<search::Follower> follower;
  std::optional<search::StateMetrics> state_metrics;
  TextFiller filler(app);
  if (app.index() != nullptr) {
    search::Follower::Options options;
    options.texts = app.text_index();
    follower.emplace(app.store(), app.columns(), *app.index(), app.log(), app.metrics(), options);
  } else {
    state_metrics.emplace(app.store(), app.backend(), app.log(), app.metrics());
  }
  app.set_on_change([&follower, &filler] {
    if (follower) follower->notify();
    filler.notify();
  });
  filler.start();
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
