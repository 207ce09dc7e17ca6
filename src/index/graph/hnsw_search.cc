#include <algorithm>
#include <cmath>
#include <shared_mutex>

#include "index/graph/hnsw_index.h"
#include "index/top_items.h"

namespace fit::index {
namespace {

// Distances that a graph search computes for each node of its width, with 2m = 32 links a node on CLIP-like
// data; and the cost of a two-hop search for each node of its width, in distances.
constexpr std::size_t kDistancesPerWidth = 9;
constexpr std::size_t kTwoHopsPerWidth = 25;

// The share of matching nodes for which a search goes two hops: with 2m = 32 links a node, a tenth of a
// node's neighbours' neighbours are a hundred nodes, enough to navigate. With many matching, one hop is
// enough.
constexpr double kFewForTwoHops = 0.03;
constexpr double kManyForTwoHops = 0.35;

// When the caller leaves the effort to the index, a search continues beyond the last node kept by a shell: a
// share of that node's distance. kShellRank is the rank among all nodes for which the share was measured. The
// shell holds few nodes when the query resembles the stored vectors and many when it does not; the search
// takes longer accordingly. docs/decisions/0007.
constexpr double kShell = 0.04;
constexpr double kShellOfTwoHops = 0.06;
constexpr double kShellRank = 20;
constexpr std::size_t kMinWidth = 20;  // narrower searches get stuck in graphs of few links

// A query far from every node has half the graph in its shell. The shell therefore applies only until this
// many distances plus twice those of an easy query are computed.
constexpr std::size_t kReachDistances = 2500;

// The higher the rank of the last node kept, the more nodes a search visits anyway, and the thinner a shell
// suffices.
float reach_for(double shell, double rank) {
  return static_cast<float>(1 + shell * std::pow(kShellRank / rank, 1.0 / 6));
}

}  // namespace

std::vector<domain::Neighbor> HnswIndex::search_exactly(const UnitQuery& query,
                                                        const SearchOptions& options) const {
  TopItems best(options.limit, options.min_similarity);
  const std::vector<Slot> slots = options.filter ? table_.collect(*options.filter) : table_.live_slots();
  scan(kernels_, graph_->rows(), query.data(), table_, slots, best);
  return best.take();
}

std::vector<domain::Neighbor> HnswIndex::search_planned(const UnitQuery& query,
                                                        const SearchOptions& options) const {
  const std::size_t items = options.filter ? table_.count_items(*options.filter) : table_.items();
  if (items == 0) return {};
  const std::size_t wanted = std::min(options.limit, items);
  // The images that an exact scan would compare if every item had the same number of images.
  const std::size_t images = (items * table_.live() + table_.items() - 1) / table_.items();

  // A requested effort is a width. Without one, the width is the number of images that the wanted items may
  // have, and the reach extends the search.
  const bool is_chosen_here = options.effort == 0;
  std::size_t width = std::max(is_chosen_here ? kMinWidth : options.effort, wanted);
  if (is_chosen_here && table_.live() > table_.items())
    width = width * 3 / 2 * table_.live() / table_.items();
  width = std::min(width, table_.live());
  const double matching = static_cast<double>(images) / static_cast<double>(table_.live());
  const bool two_hops = is_chosen_here && matching >= kFewForTwoHops && matching <= kManyForTwoHops;
  if (options.are_candidates && !two_hops) width = std::min(width * 5 / 4, table_.live());
  const auto cost = [&] {
    return two_hops ? width * kTwoHopsPerWidth : width * kDistancesPerWidth * table_.live() / images;
  };
  for (; cost() < images; width *= 4) {
    GraphQuery graph_query{.vector = query.data(),
                           .width = width,
                           .filter = options.filter,
                           .two_hops = two_hops,
                           .max_distances = images};
    if (is_chosen_here && !options.are_candidates) {
      graph_query.reach = two_hops ? reach_for(kShellOfTwoHops, static_cast<double>(width))
                                   : reach_for(kShell, static_cast<double>(width) / matching);
      graph_query.reach_distances = std::min(kReachDistances + 2 * cost(), images / 2);
    }
    const GraphResult result = graph_->search(graph_query, table_);
    TopItems best(options.limit, options.min_similarity);
    for (const auto& hit : result.hits) {
      best.add(table_.item(hit.node), table_.image(hit.node), std::clamp(hit.score, -1.0F, 1.0F));
    }
    std::vector<domain::Neighbor> found = best.take();
    if (found.size() >= wanted) return found;
    const bool was_cut =
        std::ranges::any_of(result.hits, [&](const auto& hit) { return hit.score < options.min_similarity; });
    if (was_cut || result.gave_up || result.found < width) break;
  }
  return search_exactly(query, options);
}

Result<std::vector<domain::Neighbor>> HnswIndex::search(std::span<const float> query,
                                                        const SearchOptions& options) const {
  FIT_TRY(const UnitQuery unit, checked_query(query, options, options_.dimensions));
  const std::shared_lock lock(gate_);
  return search_planned(unit, options);
}

std::vector<domain::ImageVector> HnswIndex::vectors_of(std::span<const ItemId> items) const {
  const std::shared_lock lock(gate_);
  return read_vectors(table_, graph_->rows(), items);
}

}  // namespace fit::index
