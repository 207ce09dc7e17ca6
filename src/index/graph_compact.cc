#include <cstring>
#include <unordered_set>

#include "index/graph.h"
#include "index/parallel.h"

namespace fit::index {
namespace {

constexpr std::size_t kMostDetours = 1024;

}  // namespace

std::vector<Slot> Graph::repaired_list(Slot node, int level, const SlotTable& table) const {
  std::vector<Slot> kept;
  std::vector<Slot> gone;
  const auto sort_in = [&](Slot other) { (table.is_live(other) ? kept : gone).push_back(other); };
  for (const Slot other : neighbours<false>(node, level, {})) sort_in(other);
  if (gone.empty()) return kept;
  std::unordered_set<Slot> seen(kept.begin(), kept.end());
  seen.insert(gone.begin(), gone.end());
  seen.insert(node);
  const std::size_t lost = gone.size();
  for (std::size_t i = 0; i < gone.size(); ++i) {
    // Farther round only when it is lonely.
    if (i >= lost && (kept.size() >= list_capacity(level) || i >= kMostDetours)) break;
    for (const Slot other : neighbours<false>(gone[i], level, {})) {
      if (seen.insert(other).second) sort_in(other);
    }
  }
  std::priority_queue<std::pair<float, Slot>, std::vector<std::pair<float, Slot>>, Hnsw::CompareByFirst>
      queue;
  const float* vector = rows()[node];
  for (const Slot other : kept) queue.emplace(-score(vector, other), other);
  hnsw_.getNeighborsByHeuristic2(queue, list_capacity(level));
  kept.clear();
  for (; !queue.empty(); queue.pop()) kept.push_back(queue.top().second);
  return kept;
}

std::unique_ptr<Graph> Graph::compacted(const SlotTable& table, unsigned threads) const {
  const std::vector<Slot> live = table.live_slots();
  std::vector<Slot> renamed(size_, kNoSlot);
  for (std::size_t i = 0; i < live.size(); ++i) renamed[live[i]] = static_cast<Slot>(i);

  auto next = std::make_unique<Graph>(shape_, kernels_);
  next->reserve(live.size() + live.size() / 4 + 1);
  next->begin_links(live.size());
  Hnsw& made = next->hnsw_;
  parallel_for(live.size(), threads, 64, [&](std::size_t i) {
    const auto node = static_cast<Slot>(i);
    const int levels = hnsw_.element_levels_[live[i]];
    std::memcpy(next->rows_.row(i), rows_.row(live[i]), shape_.dimensions * sizeof(float));
    if (levels > 0) next->make_upper_lists(node, levels);
    for (int level = 0; level <= levels; ++level) {
      const std::vector<Slot> links = repaired_list(live[i], level, table);
      auto* out = made.get_linklist_at_level(node, level);
      made.setListCount(out, static_cast<std::uint16_t>(links.size()));
      for (std::size_t j = 0; j < links.size(); ++j) out[j + 1] = renamed[links[j]];
    }
    next->linked_[i].store(true, std::memory_order_relaxed);
  });
  for (Slot node = 0; node < live.size(); ++node) {
    if (made.element_levels_[node] <= made.maxlevel_) continue;
    made.maxlevel_ = made.element_levels_[node];
    made.enterpoint_node_ = node;
  }
  next->end_links();
  return next;
}

}  // namespace fit::index
