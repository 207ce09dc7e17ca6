#include "search/pgvector_searcher.h"

#include <algorithm>

#include "search/query_timer.h"

namespace fit::search {

PgvectorSearcher::PgvectorSearcher(store::Catalogue& store, store::VectorSearch& search,
                                   domain::SpaceRecord space, Metrics& metrics)
    : store_(store),
      search_(search),
      space_(std::move(space)),
      nearest_seconds_(database_query_seconds(metrics, "nearest")),
      index_seconds_(index_seconds(metrics, space_.name)),
      vectors_seconds_(database_query_seconds(metrics, "facts")) {}

Result<SearcherState> PgvectorSearcher::state() const {
  FIT_TRY(const auto state, search_.state(space_.id));
  FIT_TRY(const std::int64_t position, store_.changes().position());
  return SearcherState{
      .kind = state.has_index ? "pgvector hnsw" : "pgvector exact",
      .images = static_cast<std::size_t>(state.vectors),
      .bytes = static_cast<std::size_t>(state.index_bytes),
      .position = position,
      .missing = static_cast<std::size_t>(std::max<std::int64_t>(state.images - state.vectors, 0))};
}

Result<std::vector<domain::Neighbor>> PgvectorSearcher::nearest(std::span<const float> vector,
                                                                std::size_t limit, const Selection& selection,
                                                                float min_similarity) const {
  const QueryTimer timer(nearest_seconds_);
  const QueryTimer index_timer(index_seconds_);
  return search_.nearest({.space_id = space_.id,
                          .vector = vector,
                          .limit = limit,
                          .filter = selection.filter,
                          .min_similarity = min_similarity});
}

Result<std::vector<domain::ImageVector>> PgvectorSearcher::vectors_of(std::span<const ItemId> items) const {
  const QueryTimer timer(vectors_seconds_);
  return store_.vectors().of_items(space_.id, items);
}

}  // namespace fit::search
