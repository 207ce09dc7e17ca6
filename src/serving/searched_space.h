#pragma once

#include <atomic>
#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <stop_token>
#include <string>
#include <vector>

#include "base/log.h"
#include "base/metrics.h"
#include "base/result.h"
#include "cache/cache.h"
#include "catalog/catalog.h"
#include "embed/embedder.h"
#include "net/http_client.h"
#include "ontology/ontology.h"
#include "search/change_follower.h"
#include "search/recall_probe.h"
#include "search/rerank.h"
#include "search/result_cache.h"
#include "search/search_engine.h"
#include "search/space_index.h"
#include "search/state_metrics.h"
#include "search/vector_searcher.h"
#include "serving/embedder_pool.h"
#include "serving/shared_search.h"
#include "serving/space_index.h"
#include "serving/vector_filler.h"
#include "store/catalogue.h"

namespace fit::serving {

// A space that one catalogue is searched in, with the objects that depend on it: the embedder, the index and
// its change follower, the search engine with its result cache, and the catalog that embeds new images into
// the space. The objects in Parts must outlive it.
class SearchedSpace {
 public:
  // The dependencies of a searched space.
  struct Parts {
    store::Catalogue& store;
    SharedSearch& shared;
    EmbedderPool& embedders;  // provides the embedders of the rerank spaces
    net::HttpClient& http;
    catalog::ImageFiles files;
    const ontology::Ontology& ontology;
    cache::Cache* cache = nullptr;  // optional: results are cached there
    Log log;
    Metrics& metrics;
    std::function<void()> on_change;  // called after each write of the catalogue; thread-safe and quick
    std::shared_ptr<catalog::WriteLocks> locks;
    std::shared_ptr<catalog::Quotas> quotas = {};            // null: there are none
    const catalog::ContentFilter* content_filter = nullptr;  // null: images are not judged
    const search::CurrentRates* rates = nullptr;             // null: currencies are not converted
    const embed::Detector* detector = nullptr;               // null: garments in photos are not found
    // As catalog::Catalog::Parts::embed_later; empty: writes embed their images.
    std::function<void(std::span<const ItemId> items)> embed_later = {};
  };
  // How the space is searched and written.
  struct Options {
    catalog::CatalogOptions catalog;
    media::Limits image_limits;  // the limits of photos in queries
    SpaceIndexOptions index;
    std::string rerank_spaces;                // parsed by search::parse_rerank_spaces()
    std::chrono::seconds cache_time{};        // how long results are cached
    std::uint64_t recall_probe = 0;           // one in so many searches is asked again exactly; 0: none
    std::chrono::milliseconds slow_query{0};  // a search that takes as long is logged; 0: none
    // Standbys may lag behind the position that the primary reports, so their results are not cached.
    bool reads_standbys = false;
  };

  // Registers the embedder's space when it is new. `is_chosen` is true for a space that an operator chose,
  // and false for that of the settings. The errors of the store, and kInvalid naming RERANK_SPACES.
  static Result<std::unique_ptr<SearchedSpace>> open(const Parts& parts, const Options& options,
                                                     std::shared_ptr<embed::Embedder> embedder,
                                                     bool is_chosen);
  // Stops the threads and saves the index snapshot.
  ~SearchedSpace();
  SearchedSpace(const SearchedSpace&) = delete;
  SearchedSpace& operator=(const SearchedSpace&) = delete;

  // Makes the search ready; where the database has no vector index, loads the index snapshot. searcher() and
  // engine() are valid afterwards. Blocks. The errors of the store.
  Result<void> load_search();

  // The following calls are for servers, after load_search().

  // Starts to keep the index up to date with the store.
  void follow();
  // Blocks until the index has every vector, then runs a first search. kCancelled when a stop is requested,
  // or when is_wanted() returns false; it is called about once a second.
  Result<void> warm_up(const std::stop_token& stop, const std::function<bool()>& is_wanted);
  // Starts and stops the background task that embeds images without a vector.
  void start_filling();
  void stop_filling() { filler_.reset(); }
  // Updates the index now instead of at the next poll. Thread-safe.
  void notify();

  const domain::SpaceRecord& record() const { return record_; }
  bool is_chosen() const { return is_chosen_; }
  void set_chosen(bool is_chosen) { is_chosen_ = is_chosen; }
  embed::Embedder& embedder() { return *embedder_; }
  catalog::Catalog& catalog() { return *catalog_; }
  const search::VectorSearcher& searcher() const { return *searcher_; }
  // The columns of this process; null where the database filters.
  search::CatalogueColumns* memory_columns() { return parts_.shared.memory_columns(); }
  search::SpaceIndex* index() { return index_.get(); }  // null where the database has the index
  search::SearchEngine& engine() { return *engine_; }
  const search::RecallProbe* recall() const { return recall_.get(); }  // null: nobody measures it
  // The measured state of the index; valid after follow().
  search::StateMetrics& state_metrics() { return *state_metrics_; }

 private:
  SearchedSpace(const Parts& parts, const Options& options, std::shared_ptr<embed::Embedder> embedder,
                bool is_chosen);

  Result<void> open_rerank_spaces();
  void open_catalog();
  void load_searcher();
  void load_result_cache();
  void make_recall_probe();
  std::optional<search::SlowSearches> slow_searches() const;
  std::string result_settings() const;

  const Parts parts_;
  const Options options_;
  std::atomic<bool> is_chosen_;
  const std::shared_ptr<embed::Embedder> embedder_;
  domain::SpaceRecord record_;
  std::vector<std::shared_ptr<embed::Embedder>> rerank_embedders_;
  std::vector<search::RerankSpace> rerank_spaces_;
  std::unique_ptr<catalog::Catalog> catalog_;
  std::unique_ptr<search::SpaceIndex> index_;
  std::unique_ptr<search::VectorSearcher> searcher_;
  std::unique_ptr<search::ResultCache> result_cache_;
  std::unique_ptr<search::RecallProbe> recall_;  // null: Options::recall_probe is 0
  std::unique_ptr<search::SearchEngine> engine_;
  std::unique_ptr<search::StateMetrics> state_metrics_;
  std::unique_ptr<search::ChangeFollower> follower_;
  std::unique_ptr<VectorFiller> filler_;
};

}  // namespace fit::serving
