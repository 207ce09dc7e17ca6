#pragma once

#include <optional>
#include <string>

#include "cache/cache_namespace.h"
#include "embed/relevance.h"
#include "search/exchange_rates.h"
#include "search/item_columns.h"
#include "search/query.h"
#include "search/search_engine.h"
#include "search/vector_searcher.h"
#include "store/catalogue.h"

namespace fit::search {

// Caches search results for as long as the catalogue is unchanged: the store's position is part of the key,
// so that results are found only until the next write. The order and its explanation are cached; the items'
// records are read from the store again. Results are cached only if nothing changed while they were computed
// and columns and indexes had reached that position. Thread-safe; calls block. Borrows its parts.
class ResultCache {
 public:
  // What the cache uses, and what identifies its results.
  struct Parts {
    store::Catalogue& store;
    const VectorSearcher& searcher;
    const ItemColumns& columns;
    const VectorSearcher* text_searcher = nullptr;  // null: there is no text space
    cache::Cache& cache;
    cache::milliseconds time_to_live;
    // What determines results besides the query, the catalogue and the program's version: models, settings.
    std::string settings;
    embed::Relevance relevance = {};  // the curves that the hits' relevance is computed with
    Metrics& metrics;
    const CurrentRates* rates = nullptr;  // those of the search engine
  };
  explicit ResultCache(Parts parts);

  // The key of a query at the store's current position.
  struct CacheKey {
    Bytes bytes;
    std::int64_t position = 0;
    bool is_reached = false;  // columns and indexes have reached the position
  };
  // nullopt when the store fails to return its position.
  std::optional<CacheKey> key_of(const Query& query);

  std::optional<SearchResults> find(const CacheKey& key);
  // Caches results that were computed after key_of(). Does nothing when they may not be cached.
  void put(const CacheKey& key, const SearchResults& results);

 private:
  bool have_reached(std::int64_t position) const;

  Parts parts_;
  const std::string settings_;  // Parts::settings with the program's version and the catalogue's id
  cache::CacheNamespace results_;
};

}  // namespace fit::search
