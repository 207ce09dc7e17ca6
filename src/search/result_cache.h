#pragma once

#include <optional>
#include <string>

#include "cache/cache_namespace.h"
#include "embed/relevance.h"
#include "search/backend.h"
#include "search/query.h"
#include "search/search_engine.h"
#include "store/catalogue.h"

namespace fit::search {

// Remembers answers for as long as the catalogue stays as it is: the store's position is part of the key, so
// that an answer is found again only while nothing was written since. Kept are the order and what explains
// it; the items' records are read from the store again, so that no copy of them lies elsewhere. An answer is
// kept only if nothing changed while it was made and the backend had followed up to there.
// Thread-safe. Does not own its parts.
class ResultCache {
 public:
  struct Parts {
    store::Catalogue& store;
    const Backend& backend;
    cache::Cache& cache;
    cache::milliseconds time_to_live;
    // Whatever else shapes answers, beside the question, the catalogue and the program's version: models,
    // settings.
    std::string settings;
    embed::Relevance relevance = {};  // by which hits tell theirs: part of the settings
    Metrics& metrics;
  };
  explicit ResultCache(Parts parts);

  // A question at the store's position of now.
  struct Place {
    Bytes key;
    std::int64_t position = 0;
    bool may_keep = false;  // everything had followed up to `position`
  };
  // Nothing when the store does not tell its position.
  std::optional<Place> place_of(const Query& query);

  std::optional<SearchResults> find(const Place& place);
  // The answer that was made after place_of().
  void keep(const Place& place, const SearchResults& answer);

 private:
  Parts parts_;
  const std::string settings_;  // with the program's version and the catalogue's id
  cache::CacheNamespace answers_;
};

}  // namespace fit::search
