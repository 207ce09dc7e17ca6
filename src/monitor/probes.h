#pragma once

#include <cstdint>
#include <filesystem>

#include "base/json.h"
#include "base/metrics.h"
#include "base/result.h"
#include "cache/memory_cache.h"
#include "cache/redis_pool.h"
#include "catalog/image_files.h"
#include "embed/embedder.h"
#include "embed/text_embedder.h"
#include "jobs/queue.h"
#include "search/state_metrics.h"
#include "search/vector_searcher.h"
#include "store/catalogue.h"

// The probes of the parts that /health shows (docs/operations.md). Each returns the part's state for the
// report, or the Error that makes the part unusable. Thread-safe.
namespace fit::monitor {

// Connections, standbys and the counted rows. The errors of the store.
Result<Json> probe_store(store::Catalogue& store, search::StateMetrics& state_metrics);

// kUnavailable until the index has had every vector once.
Result<Json> probe_index(const search::VectorSearcher& searcher, search::StateMetrics& state_metrics);

// Embeds a small image; the errors of the embedder. A remote embedder is not asked: the result says "used" or
// "unavailable" as "state".
Result<Json> probe_model(embed::Embedder& embedder);

// Reports the free space of the folder STORAGE_PATH and the stored images that were found lost or damaged.
// kStorageFull when the folder cannot be written, or has less than 64 MiB of free space; the errors of
// blobs::BlobStore::probe() when the images are stored elsewhere.
Result<Json> probe_storage(const std::filesystem::path& folder, const catalog::ImageFiles& files);

// Never fails: without a cache, searches only take longer. Both may be null; `memory` is null where nothing
// is cached.
Json probe_cache(const cache::MemoryCache* memory, const cache::RedisPool* redis);

// Never fails because of the provider: without it, texts are compared in the image space. `indexed` is the
// number of text vectors in the index of this process; negative when the database has the index.
Result<Json> probe_text_embedding(const embed::TextEmbedder& embedder, search::StateMetrics& state_metrics,
                                  std::int64_t indexed);

// Never fails: a queue that is paused or full of dead letters is a state. `active` of the `workers` threads
// of this process have a job.
Json probe_queues(const std::vector<jobs::QueueState>& queues, std::size_t active, std::size_t workers);

// Sets the gauges of the store's connections and standbys.
void show_connections(const sql::PoolStats& stats, Metrics& metrics);

// Sets the gauge of the stored images that were found lost or damaged.
void show_damaged_images(const catalog::ImageFiles& files, Metrics& metrics);

}  // namespace fit::monitor
