#pragma once

#include <chrono>
#include <functional>
#include <memory>

#include "base/log.h"
#include "base/metrics.h"
#include "base/result.h"
#include "cache/cache_namespace.h"
#include "catalog/text_vectors.h"
#include "embed/text_embedder.h"
#include "search/search_engine.h"
#include "search/space_index.h"
#include "search/text_space.h"
#include "search/vector_searcher.h"
#include "serving/space_index.h"
#include "store/catalogue.h"

namespace fit::serving {

// The text space of one catalogue: the embedder, the items' vectors and their searcher. The objects in Parts
// must outlive it.
class SearchedTexts {
 public:
  // The dependencies of a text space.
  struct Parts {
    store::Catalogue& store;
    embed::TextEmbedder& embedder;
    cache::Cache* cache = nullptr;  // optional: vectors of queries are cached there
    Log log;
    Metrics& metrics;
    std::function<void()> on_change;  // called after each write of vectors; thread-safe and quick
  };
  // The index of the space, and how long vectors of queries are cached.
  struct Options {
    SpaceIndexOptions index;
    std::chrono::seconds cache_time{};
  };
  // Registers the embedder's space when it is new. The errors of the store.
  static Result<std::unique_ptr<SearchedTexts>> open(Parts parts, Options options);

  // Loads the index where the database has none of its own. search() and index() are valid afterwards.
  void load_search();

  embed::TextEmbedder& embedder() { return parts_.embedder; }
  catalog::TextVectors& vectors() { return *vectors_; }
  const domain::SpaceRecord& space() const { return space_; }
  search::SpaceIndex* index() { return index_.get(); }  // null where the database searches
  const search::VectorSearcher& searcher() const { return *searcher_; }
  search::TextSearch search() { return {*text_space_, *searcher_}; }

 private:
  SearchedTexts(Parts parts, Options options) : parts_(std::move(parts)), options_(std::move(options)) {}

  Parts parts_;
  const Options options_;
  domain::SpaceRecord space_;
  std::unique_ptr<catalog::TextVectors> vectors_;
  std::unique_ptr<search::SpaceIndex> index_;
  std::unique_ptr<cache::CacheNamespace> cached_queries_;
  std::unique_ptr<search::TextSpace> text_space_;
  std::unique_ptr<search::VectorSearcher> searcher_;
};

}  // namespace fit::serving
