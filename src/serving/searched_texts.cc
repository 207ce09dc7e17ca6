#include "serving/searched_texts.h"

#include "search/index_searcher.h"
#include "search/pgvector_searcher.h"
#include "search/query_timer.h"

namespace fit::serving {

Result<std::unique_ptr<SearchedTexts>> SearchedTexts::open(Parts parts, Options options) {
  std::unique_ptr<SearchedTexts> texts(new SearchedTexts(std::move(parts), std::move(options)));
  const Parts& made = texts->parts_;
  const embed::Space& space = made.embedder.space();
  FIT_TRY(texts->space_, made.store.spaces().ensure({space.name, space.model, space.version, space.dimensions,
                                                     domain::VectorsOf::kTexts}));
  texts->vectors_ =
      std::make_unique<catalog::TextVectors>(catalog::TextVectors::Parts{.store = made.store,
                                                                         .embedder = made.embedder,
                                                                         .space_id = texts->space_.id,
                                                                         .log = made.log,
                                                                         .metrics = made.metrics,
                                                                         .on_change = made.on_change});
  return texts;
}

void SearchedTexts::load_search() {
  if (store::VectorSearch* const search = parts_.store.vector_search()) {
    searcher_ = std::make_unique<search::PgvectorSearcher>(parts_.store, *search, space_, parts_.metrics);
  } else {
    index_ = open_space_index(parts_.store, space_, options_.index, parts_.log);
    searcher_ =
        std::make_unique<search::IndexSearcher>(*index_, &search::index_seconds(parts_.metrics, space_.name));
  }
  if (parts_.cache != nullptr) {
    cached_queries_ =
        std::make_unique<cache::CacheNamespace>(*parts_.cache, "text", options_.cache_time, parts_.metrics);
  }
  text_space_ = std::make_unique<search::TextSpace>(search::TextSpace::Parts{
      .embedder = parts_.embedder, .cache = cached_queries_.get(), .metrics = parts_.metrics});
}

}  // namespace fit::serving
