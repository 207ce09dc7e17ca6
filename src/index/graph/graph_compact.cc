#include <cstring>
#include <unordered_set>

#include "base/parallel.h"
#include "index/graph/graph.h"

namespace fit::index {
namespace {

constexpr std::size_t kMaxDetours = 1024;

}  // namespace

std::vector<Slot> Graph::representatives(const SlotTable& table) const {
  std::vector<Slot> representatives(size_, kNoSlot);
  for (Slot node = 0; node < size_; ++node) {
    if (is_satellite(node)) continue;
    Slot at = node;
    while (at != kNoSlot && !table.is_live(at)) at = chained(at);
    representatives[node] = at;
  }
  return representatives;
}

std::vector<Slot> Graph::repaired_list(Slot node, int level, std::span<const Slot> representatives) const {
  std::vector<Slot> kept;
  std::vector<Slot> gone;
  const auto sort_in = [&](Slot other) {
    (representatives[other] != kNoSlot ? kept : gone).push_back(other);
  };
  for (const Slot other : neighbours<false>(node, level, {})) sort_in(other);
  if (gone.empty()) return kept;
  std::unordered_set<Slot> seen(kept.begin(), kept.end());
  seen.insert(gone.begin(), gone.end());
  seen.insert(node);
  const std::size_t lost = gone.size();
  for (std::size_t i = 0; i < gone.size(); ++i) {
    // The neighbours of dead neighbours' neighbours are considered only while the list is not full.
    if (i >= lost && (kept.size() >= list_capacity(level) || i >= kMaxDetours)) break;
    for (const Slot other : neighbours<false>(gone[i], level, {})) {
      if (seen.insert(other).second) sort_in(other);
    }
  }
  std::vector<float> scores(kept.size());
  score_all(rows()[node], kept, scores.data());
  std::vector<Hit> candidates(kept.size());
  for (std::size_t i = 0; i < kept.size(); ++i) candidates[i] = {scores[i], kept[i]};
  return choose(std::move(candidates), list_capacity(level));
}

std::unique_ptr<Graph> Graph::compacted(const SlotTable& table, std::size_t threads) const {
  const std::vector<Slot> live = table.live_slots();
  std::vector<Slot> renamed(size_, kNoSlot);
  for (std::size_t i = 0; i < live.size(); ++i) renamed[live[i]] = static_cast<Slot>(i);

  const std::vector<Slot> representatives = this->representatives(table);

  auto next = std::make_unique<Graph>(shape_, kernels_);
  next->reserve(live.size() + live.size() / 4 + 1);
  next->size_ = live.size();
  parallel_for(live.size(), {.threads = threads, .grain = 64}, [&](std::size_t i) {
    std::memcpy(next->rows_.row(i), rows_.row(live[i]), shape_.dimensions * sizeof(float));
    next->levels_[i] = kSatellite;
  });
  parallel_for(size_, {.threads = threads, .grain = 64}, [&](std::size_t i) {
    const auto node = static_cast<Slot>(i);
    if (representatives[node] == kNoSlot) return;
    const Slot representative = renamed[representatives[node]];
    next->levels_[representative] = 0;
    if (levels_[node] > 0) next->make_upper_lists(representative, levels_[node]);
    for (int level = 0; level <= levels_[node]; ++level) {
      std::vector<Slot> links = repaired_list(node, level, representatives);
      for (Slot& link : links) link = renamed[representatives[link]];
      next->write_list(representative, level, links);
    }
    for (Slot at = chained(node); at != kNoSlot; at = chained(at)) {
      if (table.is_live(at) && renamed[at] != representative) next->attach(renamed[at], representative);
    }
  });
  for (Slot node = 0; node < live.size(); ++node) {
    if (!next->is_satellite(node)) next->raise_entry({node, next->levels_[node]});
  }
  return next;
}

}  // namespace fit::index
