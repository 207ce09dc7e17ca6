#include "monitor/probes.h"

#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cmath>

#include "base/clock.h"
#include "base/format.h"
#include "monitor/indexes.h"

namespace fit::monitor {
namespace {

double seconds(std::chrono::milliseconds time) {
  return std::chrono::duration<double>(time).count();
}

}  // namespace

Result<Json> probe_store(store::Catalogue& store, search::StateMetrics& state_metrics) {
  FIT_CHECK(store.check());
  FIT_TRY(const auto measured, state_metrics.state());
  const sql::PoolStats stats = store.pool_stats();
  Json replicas = Json::array();
  for (const sql::PoolStats::Replica& one : stats.replicas) {
    replicas.push_back({{"name", one.name},
                        {"is_used", one.is_used},
                        {"lag_bytes", one.lag_bytes},
                        {"lag_s", seconds(one.lag)}});
  }
  Json state = {{"items", measured.counts.items},
                {"images", measured.counts.images},
                {"connections",
                 {{"open", stats.open},
                  {"busy", stats.busy},
                  {"waiting", stats.waiting},
                  {"writes_waiting", stats.writes_waiting}}}};
  if (!stats.replicas.empty()) state["replicas"] = std::move(replicas);
  return state;
}

Result<Json> probe_index(const search::VectorSearcher& searcher, search::StateMetrics& state_metrics) {
  FIT_TRY(const auto state, state_metrics.state());
  if (!searcher.is_complete()) {
    return Error{
        ErrorCode::kUnavailable, fit::format("being built: {} images so far", state.index.images), {}, {}};
  }
  return Json{
      {"space", searcher.space().name},       {"kind", state.index.kind},
      {"images", state.index.images},         {"missing", state.missing},
      {"missing_ratio", state.missing_ratio}, {"bytes", state.index.bytes},
      {"position", state.index.position},     {"conversion", conversion_json(state.index.conversion)}};
}

Result<Json> probe_model(embed::Embedder& embedder) {
  const embed::Space& space = embedder.space();
  Json state = {{"provider", space.name},
                {"model", space.model},
                {"version", space.version},
                {"dimensions", space.dimensions}};
  if (!embedder.is_remote()) {
    FIT_CHECK(embed::embed_grey_image(embedder));
    return state;
  }
  // A request may cost money, and a restart does not help: what the requests of searches and writes have
  // found is reported, and does not affect readiness.
  state["state"] = embedder.is_available() ? "used" : "unavailable";
  return state;
}

Result<Json> probe_storage(const std::filesystem::path& folder, const catalog::ImageFiles& files) {
  if (::access(folder.c_str(), W_OK | X_OK) != 0) {
    return Error{ErrorCode::kStorageFull, "the folder STORAGE_PATH cannot be written", {}, {}};
  }
  std::error_code error;
  const auto space = std::filesystem::space(folder, error);
  if (error) {
    return Error{ErrorCode::kStorageFull, "the folder STORAGE_PATH cannot be read", {}, error.message()};
  }
  constexpr std::uintmax_t kLeast = 64u << 20;
  if (space.available < kLeast) {
    return Error{ErrorCode::kStorageFull,
                 fit::format("only {} MiB are free under STORAGE_PATH", space.available >> 20),
                 {},
                 {}};
  }
  FIT_CHECK(files.probe());
  constexpr std::size_t kShown = 20;
  const auto damaged = files.damaged();
  Json names = Json::array();
  for (const catalog::DamagedFile& one : damaged) {
    if (names.size() == kShown) break;
    names.push_back({{"file", one.name}, {"state", one.is_lost ? "lost" : "damaged"}});
  }
  return Json{{"free_bytes", space.available},
              {"damaged_images", damaged.size()},
              {"damaged_files", std::move(names)}};
}

Json probe_cache(const cache::MemoryCache* memory, const cache::RedisPool* redis) {
  Json state = {{"level", "none"}};
  if (memory != nullptr) {
    const auto stats = memory->stats();
    state = {{"level", redis == nullptr ? "memory" : "memory and redis"},
             {"entries", stats.entries},
             {"memory_bytes", stats.bytes}};
  }
  if (redis != nullptr) state["redis"] = redis->is_connected() ? "connected" : "unavailable";
  return state;
}

Result<Json> probe_text_embedding(const embed::TextEmbedder& embedder, search::StateMetrics& state_metrics,
                                  std::int64_t indexed) {
  FIT_TRY(const auto measured, state_metrics.state());
  const std::int64_t vectors = measured.text_vectors;
  Json state = {{"space", embedder.space().name},
                {"model", embedder.space().model},
                {"dimensions", embedder.space().dimensions},
                {"provider", embedder.is_available() ? "used" : "unavailable"},
                {"items_without_vector", std::max<std::int64_t>(0, measured.counts.items - vectors)},
                {"indexed", indexed < 0 ? vectors : indexed}};
  if (!embedder.is_available()) state["retry_in_s"] = seconds(embedder.retry_in());
  return state;
}

Json probe_queues(const std::vector<jobs::QueueState>& queues, std::size_t active, std::size_t workers) {
  Json list = Json::array();
  const Timestamp time = now();
  for (const jobs::QueueState& queue : queues) {
    Json one{{"name", queue.name},       {"waiting", queue.waiting}, {"delayed", queue.delayed},
             {"running", queue.running}, {"dead", queue.dead},       {"paused", queue.is_paused}};
    if (queue.oldest_waiting) {
      const double age = std::chrono::duration<double>(time - *queue.oldest_waiting).count();
      one["oldest_age_s"] = std::max(0.0, std::round(age * 1e3) / 1e3);
    }
    if (queue.is_paused) one["pause_reason"] = queue.pause_reason;
    list.push_back(std::move(one));
  }
  return {{"workers", workers}, {"active_workers", active}, {"queues", std::move(list)}};
}

void show_damaged_images(const catalog::ImageFiles& files, Metrics& metrics) {
  metrics.gauge("fit_damaged_images", "Stored images that were found lost or damaged")
      .set(static_cast<double>(files.damaged().size()));
}

void show_connections(const sql::PoolStats& stats, Metrics& metrics) {
  const auto show = [&metrics](const char* state, std::size_t count) {
    metrics.gauge("fit_database_connections", "Connections to the database that read", {{"state", state}})
        .set(static_cast<double>(count));
  };
  show("busy", stats.busy);
  show("idle", stats.open - stats.busy);
  const auto wait = [&metrics](const char* for_what, std::size_t count) {
    metrics.gauge("fit_database_waiting", "Calls that wait for a connection", {{"for", for_what}})
        .set(static_cast<double>(count));
  };
  wait("read", stats.waiting);
  wait("write", stats.writes_waiting);
  for (const sql::PoolStats::Replica& one : stats.replicas) {
    const Labels labels = {{"replica", one.name}};
    metrics.gauge("fit_replica_used", "1 while reads go to the standby", labels).set(one.is_used ? 1 : 0);
    metrics.gauge("fit_replica_lag_bytes", "Log of the primary that the standby has not replayed", labels)
        .set(static_cast<double>(one.lag_bytes));
    metrics.gauge("fit_replica_lag_seconds", "Age of the oldest write that the standby lacks", labels)
        .set(seconds(one.lag));
  }
}

}  // namespace fit::monitor
