#pragma once

#include "base/metrics.h"
#include "search/space_index.h"
#include "search/vector_searcher.h"

namespace fit::search {

// Searches an index in this process. Uses the bitmap of a selection: kInternal for a selection that has none
// and does not select all. Thread-safe. Borrows its parts.
class IndexSearcher final : public VectorSearcher {
 public:
  // `seconds` gets the time of each search; null: nobody counts it.
  explicit IndexSearcher(const SpaceIndex& index, Histogram* seconds = nullptr)
      : index_(index), seconds_(seconds) {}

  const domain::SpaceRecord& space() const override { return index_.space(); }
  bool is_complete() const override { return index_.is_complete(); }
  std::optional<std::int64_t> position() const override { return index_.position(); }
  Result<SearcherState> state() const override;
  Result<std::vector<domain::Neighbor>> nearest(std::span<const float> vector, std::size_t limit,
                                                const Selection& selection,
                                                float min_similarity) const override;
  Result<std::vector<domain::Neighbor>> candidates(std::span<const float> vector, std::size_t limit,
                                                   const Selection& selection) const override;
  Result<std::vector<domain::ImageVector>> vectors_of(std::span<const ItemId> items) const override;

 private:
  const SpaceIndex& index_;
  Histogram* const seconds_;
};

}  // namespace fit::search
