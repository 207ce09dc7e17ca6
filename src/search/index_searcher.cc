#include "search/index_searcher.h"

#include <optional>

#include "search/query_timer.h"

namespace fit::search {
namespace {

// Observes the time of a search where somebody counts it.
class IndexTimer {
 public:
  explicit IndexTimer(Histogram* seconds) {
    if (seconds != nullptr) timer_.emplace(*seconds);
  }

 private:
  std::optional<QueryTimer> timer_;
};

// The bitmap of the selection; nullptr when it selects all items. kInternal without a bitmap.
Result<const index::ItemSet*> items_of(const Selection& selection) {
  if (selection.items) return &*selection.items;
  if (selection.selects_all) return nullptr;
  return internal("the search is not available", "the columns make no bitmaps, which the index needs");
}

}  // namespace

Result<SearcherState> IndexSearcher::state() const {
  const index::IndexStats stats = index_.vectors()->stats();
  return SearcherState{.kind = stats.kind,
                       .images = stats.images,
                       .bytes = stats.memory_bytes,
                       .position = index_.position(),
                       .missing = {},
                       .deleted = stats.deleted,
                       .conversion = index_.conversion()};
}

Result<std::vector<domain::Neighbor>> IndexSearcher::nearest(std::span<const float> vector, std::size_t limit,
                                                             const Selection& selection,
                                                             float min_similarity) const {
  const IndexTimer timer(seconds_);
  FIT_TRY(const index::ItemSet* const items, items_of(selection));
  return index_.vectors()->search(vector,
                                  {.limit = limit, .filter = items, .min_similarity = min_similarity});
}

Result<std::vector<domain::Neighbor>> IndexSearcher::candidates(std::span<const float> vector,
                                                                std::size_t limit,
                                                                const Selection& selection) const {
  const IndexTimer timer(seconds_);
  FIT_TRY(const index::ItemSet* const items, items_of(selection));
  return index_.vectors()->search(vector, {.limit = limit, .filter = items, .are_candidates = true});
}

Result<std::vector<domain::ImageVector>> IndexSearcher::vectors_of(std::span<const ItemId> items) const {
  return index_.vectors()->vectors_of(items);
}

}  // namespace fit::search
