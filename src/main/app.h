#pragma once

#include <atomic>
#include <memory>
#include <optional>

#include "base/config.h"
#include "base/log.h"
#include "base/metrics.h"
#include "base/result.h"
#include "base/stop_signal.h"
#include "cache/memory_cache.h"
#include "cache/redis_cache.h"
#include "cache/tiered_cache.h"
#include "catalog/catalog.h"
#include "catalog/text_vectors.h"
#include "embed/embedder.h"
#include "embed/remote_text_embedder.h"
#include "net/http_client.h"
#include "ontology/ontology.h"
#include "search/answer_cache.h"
#include "search/item_columns.h"
#include "search/memory_backend.h"
#include "search/rerank.h"
#include "search/search_engine.h"
#include "search/space_index.h"
#include "search/text_space.h"
#include "store/store.h"

namespace fit {

// The program's objects, made from the configuration in the order in which they need each other, and ended in
// the reverse order. Commands that need less (model, eval, config) do without one.
class App {
 public:
  struct OpenOptions {
    bool local_paths = false;  // whether items may name files of this machine (commands yes, the server no)
    bool remembers = false;    // whether questions are remembered, as the settings say
  };
  // Opens the store, makes the embedder and registers its space.
  static Result<std::unique_ptr<App>> open(const Config& config, Log log, const OpenOptions& options);

  // Makes the search ready: where the database does not search by itself, loads the index snapshot and the
  // filter columns. Afterwards backend() and engine() may be called.
  Result<void> load_search();

  const Config& config() const { return config_; }
  const Log& log() const { return log_; }
  Metrics& metrics() { return metrics_; }
  store::Store& store() { return *store_; }
  net::HttpClient& http() { return *http_; }
  embed::Embedder& embedder() { return *embedder_; }
  catalog::Catalog& catalog() { return *catalog_; }
  search::ItemColumns& columns() { return columns_; }
  const search::Backend& backend() const { return *backend_; }
  search::SpaceIndex* index() { return index_.get(); }  // nullptr where the database has the index
  search::SearchEngine& engine() { return *engine_; }
  // The space of items' texts; nullptr: there is none (TEXT_EMBEDDING_PROVIDER).
  embed::RemoteTextEmbedder* text_embedder() { return text_embedder_.get(); }
  catalog::TextVectors* text_vectors() { return text_vectors_.get(); }
  search::SpaceIndex* text_index() { return text_index_.get(); }  // nullptr where the database has it
  const store::SpaceRecord& text_space() const { return text_space_; }
  // Ends waits for the provider of text embeddings; afterwards it is asked in vain.
  void stop_waiting() { stopping_.stop(); }
  // False when stopped meanwhile.
  bool wait_for(std::chrono::milliseconds time) { return stopping_.wait_for(time); }

  // What questions are remembered in; nullptr: not at all. For telling how it is.
  const cache::MemoryCache* memory_cache() const { return memory_cache_.get(); }
  const cache::RedisCache* redis() const { return redis_.get(); }

  // The space that the embedder's vectors are of, made when new.
  Result<store::SpaceRecord> register_space(const embed::Embedder& embedder);
  // The same without making it: id 0, which has no vectors, when there is none.
  Result<store::SpaceRecord> find_space(const embed::Embedder& embedder);

  // Called after each write of the catalogue; set it before anything is written.
  void set_on_change(std::function<void()> on_change) { on_change_ = std::move(on_change); }

 private:
  App(const Config& config, Log log) : config_(config), log_(std::move(log)) {}

  Result<void> open_cache();
  Result<std::unique_ptr<embed::Embedder>> open_embedder(const std::string& space);
  Result<void> open_rerank_spaces();
  Result<void> open_text_space();
  void load_text_space();
  std::unique_ptr<search::SpaceIndex> make_index(const store::SpaceRecord& space);
  Result<void> load_memory();
  std::string answer_settings() const;

  const Config config_;
  const Log log_;
  Metrics metrics_;
  std::function<void()> on_change_;
  std::unique_ptr<cache::MemoryCache> memory_cache_;
  std::unique_ptr<cache::RedisCache> redis_;
  std::unique_ptr<cache::TieredCache> tiered_cache_;
  cache::Cache* cache_ = nullptr;  // the one to use; nullptr: none
  std::unique_ptr<store::Store> store_;
  std::unique_ptr<net::HttpClient> http_;
  std::optional<ontology::Ontology> ontology_;  // from open() on
  std::unique_ptr<embed::Embedder> embedder_;
  store::SpaceRecord space_;
  std::vector<std::unique_ptr<embed::Embedder>> rerank_embedders_;
  std::vector<search::RerankSpace> rerank_spaces_;
  StopSignal stopping_;
  std::unique_ptr<embed::RemoteTextEmbedder> text_embedder_;
  store::SpaceRecord text_space_;
  std::unique_ptr<catalog::TextVectors> text_vectors_;
  std::unique_ptr<catalog::Catalog> catalog_;
  search::ItemColumns columns_;
  std::unique_ptr<search::SpaceIndex> index_;
  std::unique_ptr<search::SpaceIndex> text_index_;
  std::unique_ptr<cache::Kept> kept_words_;  // in the space of texts
  std::unique_ptr<search::TextSpace> texts_;
  std::unique_ptr<search::Backend> backend_;
  std::unique_ptr<search::AnswerCache> answers_;
  std::unique_ptr<search::SearchEngine> engine_;
};

media::Limits image_limits(const Config& config);

// The embedder of EMBEDDING_PROVIDER and EMBEDDING_MODEL, behind a batcher. `space` is "palette" or a model's
// name; empty: as configured.
Result<std::unique_ptr<embed::Embedder>> make_embedder(const Config& config, Metrics& metrics,
                                                       const std::string& space = "");

}  // namespace fit
