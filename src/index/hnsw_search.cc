#include <algorithm>
#include <shared_mutex>

#include "index/hnsw_index.h"
#include "index/top_items.h"

namespace fit::index {
namespace {

// Distances that a graph search computes for each node of its width, with 2m = 32 links a node on CLIP-like
// data.
constexpr std::size_t kDistancesPerWidth = 9;

// Nodes kept by a search for `limit` items when the caller leaves the effort to us: 48 for 20 items, where
// 200,000 CLIP-like vectors give a recall of 0.99, and 24 would give 0.975.
std::size_t default_width(std::size_t limit) {
  return limit + limit / 2 + 18;
}

}  // namespace

std::vector<Neighbor> HnswIndex::search_exactly(const UnitQuery& query, const SearchOptions& options) const {
  TopItems best(options.limit, options.min_similarity);
  const std::vector<Slot> slots = options.filter ? table_.collect(*options.filter) : table_.live_slots();
  scan(kernels_, graph_->rows(), query.data(), table_, slots, best);
  return best.take();
}

std::vector<Neighbor> HnswIndex::search_planned(const UnitQuery& query, const SearchOptions& options) const {
  const std::size_t items = options.filter ? table_.count_items(*options.filter) : table_.items();
  if (items == 0) return {};
  const std::size_t wanted = std::min(options.limit, items);
  // Images that an exact scan would compare, as if each item had as many as the next.
  const std::size_t images = (items * table_.live() + table_.items() - 1) / table_.items();

  std::size_t width = options.effort > 0 ? std::max(options.effort, wanted) : default_width(wanted);
  width = std::min(width, table_.live());
  const auto cost = [&] { return width * kDistancesPerWidth * table_.live() / images; };
  for (; cost() < images; width *= 4) {
    const GraphAnswer answer = graph_->search(
        {.vector = query.data(), .width = width, .filter = options.filter, .most_distances = images}, table_);
    TopItems best(options.limit, options.min_similarity);
    for (const auto& hit : answer.hits) {
      best.add(table_.item(hit.node), table_.image(hit.node), std::clamp(hit.score, -1.0F, 1.0F));
    }
    std::vector<Neighbor> found = best.take();
    if (found.size() >= wanted) return found;
    const bool was_cut =
        std::ranges::any_of(answer.hits, [&](const auto& hit) { return hit.score < options.min_similarity; });
    if (was_cut || answer.gave_up || answer.met < width) break;
  }
  return search_exactly(query, options);
}

Result<std::vector<Neighbor>> HnswIndex::search(std::span<const float> query,
                                                const SearchOptions& options) const {
  FIT_TRY(const UnitQuery unit, checked_query(query, options, options_.dimensions));
  const std::shared_lock lock(gate_);
  return search_planned(unit, options);
}

}  // namespace fit::index
