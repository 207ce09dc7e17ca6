#pragma once

#include "base/metrics.h"
#include "search/vector_searcher.h"
#include "store/catalogue.h"
#include "store/pgvector/vector_search.h"

namespace fit::search {

// Searches the vector index of the database, which any number of processes share. Uses the filter of a
// selection. Thread-safe; calls block, and return the errors of the store. Borrows its parts.
class PgvectorSearcher final : public VectorSearcher {
 public:
  PgvectorSearcher(store::Catalogue& store, store::VectorSearch& search, domain::SpaceRecord space,
                   Metrics& metrics);

  const domain::SpaceRecord& space() const override { return space_; }
  bool is_complete() const override { return true; }
  std::optional<std::int64_t> position() const override { return std::nullopt; }
  Result<SearcherState> state() const override;
  Result<std::vector<domain::Neighbor>> nearest(std::span<const float> vector, std::size_t limit,
                                                const Selection& selection,
                                                float min_similarity) const override;
  Result<std::vector<domain::ImageVector>> vectors_of(std::span<const ItemId> items) const override;

 private:
  store::Catalogue& store_;
  store::VectorSearch& search_;
  const domain::SpaceRecord space_;
  Histogram& nearest_seconds_;
  Histogram& index_seconds_;
  Histogram& vectors_seconds_;
};

}  // namespace fit::search
