#pragma once

#include <functional>
#include <memory>
#include <optional>

#include "base/background_task.h"
#include "base/config.h"
#include "base/log.h"
#include "base/metrics.h"
#include "base/result.h"
#include "cache/memory_cache.h"
#include "cache/redis_cache.h"
#include "cache/tiered_cache.h"
#include "catalog/catalog.h"
#include "catalog/text_vectors.h"
#include "embed/embedder.h"
#include "embed/provider.h"
#include "embed/remote_text_embedder.h"
#include "main/searched_space.h"
#include "net/http_client.h"
#include "ontology/ontology.h"
#include "search/item_columns.h"
#include "search/space_index.h"
#include "search/text_space.h"
#include "store/catalogue.h"

namespace fit {

// The program's objects, made from the configuration in the order in which they need each other, and ended in
// the reverse order. Commands that need less (model, eval, config) do without one.
class App {
 public:
  struct OpenOptions {
    bool local_paths = false;  // whether items may name files of this machine (commands yes, the server no)
    bool remembers = false;    // whether questions are remembered, as the settings say
  };
  // Opens the store and the space that searches use: the chosen one (catalog/chosen_space.h), or where it
  // cannot be had here, which is logged, the one of the settings.
  static Result<std::unique_ptr<App>> open(const Config& config, Log log, const OpenOptions& options);

  const Config& config() const { return config_; }
  const Log& log() const { return log_; }
  Metrics& metrics() { return metrics_; }
  store::Catalogue& store() { return *store_; }
  net::HttpClient& http() { return *http_; }
  const ontology::Ontology& ontology() const { return *ontology_; }
  search::ItemColumns& columns() { return columns_; }
  // What any space's search needs beside: where the database does not search by itself, every item's filter
  // columns and the index of texts. Does its work on the first call. One caller at a time.
  Result<void> load_shared();
  const std::shared_ptr<catalog::WriteLocks>& write_locks() const { return write_locks_; }
  bool takes_local_paths() const { return options_.local_paths; }

  // The space of items' texts; nullptr: there is none (TEXT_EMBEDDING_PROVIDER).
  embed::RemoteTextEmbedder* text_embedder() { return text_embedder_.get(); }
  catalog::TextVectors* text_vectors() { return text_vectors_.get(); }
  const domain::SpaceRecord& text_space() const { return text_space_; }
  // From load_shared() on.
  search::SpaceIndex* text_index() { return text_index_.get(); }  // nullptr where the database has it
  search::TextSpace* texts() { return texts_.get(); }
  // Ends waits for the provider of text embeddings; afterwards it is asked in vain.
  void stop_waiting() { stopping_.request_stop(); }

  // What questions are remembered in; nullptr: not at all.
  cache::Cache* cache() { return cache_; }
  const cache::MemoryCache* memory_cache() const { return memory_cache_.get(); }
  const cache::RedisCache* redis() const { return redis_.get(); }

  // The space that searches use, until release_space() gives it away.
  SearchedSpace& space() { return *space_; }
  std::unique_ptr<SearchedSpace> release_space() { return std::move(space_); }
  // Another one: the given, or that of the settings. Beside the errors of make_embedder(), kUnavailable when
  // the model here is another version than the one that made the space's vectors.
  Result<std::unique_ptr<SearchedSpace>> open_space(const std::optional<domain::SpaceRecord>& chosen);

  // Whether EMBEDDING_PROVIDER and EMBEDDING_MODEL mean this space.
  bool is_of_settings(const domain::SpaceRecord& space);
  // An index of the space's vectors, in memory; loads its snapshot.
  std::unique_ptr<search::SpaceIndex> make_index(const domain::SpaceRecord& space);

  // The embedder of a provider's or model's name, behind what is remembered; empty: as configured.
  Result<std::unique_ptr<embed::Embedder>> open_embedder(const std::string& name);
  // The space that the embedder's vectors are of, made when new.
  Result<domain::SpaceRecord> register_space(const embed::Embedder& embedder);
  // The same without making it: id 0, which has no vectors, when there is none.
  Result<domain::SpaceRecord> find_space(const embed::Embedder& embedder);

  // Called after each write of the catalogue; set it before anything is written.
  void set_on_change(std::function<void()> on_change) { on_change_ = std::move(on_change); }
  void changed() const {
    if (on_change_) on_change_();
  }

 private:
  App(const Config& config, Log log, const OpenOptions& options)
      : config_(config), log_(std::move(log)), options_(options) {}

  Result<void> open_cache();
  Result<void> open_text_space();
  Result<std::unique_ptr<SearchedSpace>> open_first_space();
  Result<std::unique_ptr<embed::Embedder>> embedder_of(const domain::SpaceRecord& space);

  const Config config_;
  const Log log_;
  const OpenOptions options_;
  Metrics metrics_;
  std::function<void()> on_change_;
  std::unique_ptr<cache::MemoryCache> memory_cache_;
  std::unique_ptr<cache::RedisCache> redis_;
  std::unique_ptr<cache::TieredCache> tiered_cache_;
  cache::Cache* cache_ = nullptr;  // the one to use; nullptr: none
  std::unique_ptr<store::Catalogue> store_;
  std::unique_ptr<net::HttpClient> http_;
  std::optional<ontology::Ontology> ontology_;  // from open() on
  const std::shared_ptr<catalog::WriteLocks> write_locks_ = std::make_shared<catalog::WriteLocks>();
  std::stop_source stopping_;
  std::unique_ptr<embed::RemoteTextEmbedder> text_embedder_;
  domain::SpaceRecord text_space_;
  std::unique_ptr<catalog::TextVectors> text_vectors_;
  search::ItemColumns columns_;
  std::unique_ptr<search::SpaceIndex> text_index_;
  std::unique_ptr<cache::CacheNamespace> kept_words_;  // in the space of texts
  std::unique_ptr<search::TextSpace> texts_;
  bool has_shared_ = false;
  std::unique_ptr<SearchedSpace> space_;
};

media::Limits image_limits(const Config& config);
// Of the indexes that PostgreSQL holds.
store::GraphOptions graph_options(const Config& config);

// The vector of a small image: a model is proven by using it.
Result<embed::Vector> embed_grey_image(embed::Embedder& embedder);

// The options of EMBEDDING_PROVIDER and EMBEDDING_MODEL. `name` is "palette" or a model's name; empty: as
// configured.
embed::EmbedderOptions embedder_options(const Config& config, Metrics& metrics, const std::string& name = "");

// The embedder of those, behind a batcher.
Result<std::unique_ptr<embed::Embedder>> make_embedder(const Config& config, Metrics& metrics,
                                                       const std::string& name = "");

}  // namespace fit
