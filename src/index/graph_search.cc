#include <algorithm>
#include <cstring>

#include "index/graph.h"
#include "index/graph_scratch.h"

namespace fit::index {
namespace {

using Hit = GraphAnswer::Hit;

constexpr std::size_t kTogether = 4;
constexpr std::size_t kMostLinks = 512;
constexpr std::size_t kPrefetchBytes = 1024;

constexpr auto kNearestFirst = [](const Hit& a, const Hit& b) { return a.score < b.score; };
constexpr auto kFarthestFirst = [](const Hit& a, const Hit& b) { return a.score > b.score; };

void push(std::vector<Hit>& heap, Hit hit, auto order) {
  heap.push_back(hit);
  std::ranges::push_heap(heap, order);
}

Hit pop(std::vector<Hit>& heap, auto order) {
  std::ranges::pop_heap(heap, order);
  const Hit hit = heap.back();
  heap.pop_back();
  return hit;
}

void prefetch(const void* memory, std::size_t bytes) {
  for (std::size_t byte = 0; byte < bytes; byte += 64)
    __builtin_prefetch(static_cast<const char*>(memory) + byte);
}

}  // namespace

template <bool kLocked>
std::span<const Slot> Graph::neighbours(Slot node, int level, std::span<Slot> room) const {
  const auto read = [&](const std::uint32_t* links) {
    std::uint16_t count = 0;
    std::memcpy(&count, links, sizeof count);
    return std::span<const Slot>(links + 1, std::min<std::size_t>(count, list_capacity(level)));
  };
  if constexpr (!kLocked) {
    return read(list(node, level));
  } else {
    std::size_t count = 0;
    {
      const std::lock_guard lock(hnsw_.link_list_locks_[node]);
      const auto links = read(list(node, level));
      std::ranges::copy(links, room.begin());
      count = links.size();
    }
    return room.first(count);
  }
}

template <bool kLocked>
GraphEntry Graph::descend(const float* query, GraphEntry from, int level) const {
  std::array<Slot, kMostLinks> room;  // NOLINT(cppcoreguidelines-pro-type-member-init): written before read
  float best = score(query, from.node);
  while (from.level > level) {
    bool moved = false;
    for (const Slot other : neighbours<kLocked>(from.node, from.level, room)) {
      if (kLocked && !is_linked(other)) continue;
      const float s = score(query, other);
      if (s > best) {
        best = s;
        from.node = other;
        moved = true;
      }
    }
    if (!moved) --from.level;
  }
  return from;
}

template GraphEntry Graph::descend<true>(const float*, GraphEntry, int) const;
template std::span<const Slot> Graph::neighbours<false>(Slot, int, std::span<Slot>) const;

template <bool kLocked>
void Graph::search_base(const GraphQuery& query, const SlotTable& table, Slot start, Scratch& scratch,
                        GraphAnswer& answer) const {
  std::vector<Hit>& results = answer.hits;
  std::vector<Hit>& candidates = scratch.candidates;
  const bool all_match = query.filter == nullptr && table.live() == size_;
  float worst = -std::numeric_limits<float>::infinity();
  const auto offer = [&](float s, Slot node) {
    if (results.size() == query.width && s <= worst) return;
    push(candidates, {s, node}, kNearestFirst);
    if (!all_match && !table.matches(node, query.filter)) return;
    push(results, {s, node}, kFarthestFirst);
    if (results.size() > query.width) pop(results, kFarthestFirst);
    if (results.size() == query.width) worst = results.front().score;
  };
  scratch.meet(start);
  offer(score(query.vector, start), start);
  answer.distances += 1;

  const VectorRows rows = this->rows();
  const std::size_t row_prefetch = std::min(kPrefetchBytes, shape_.dimensions * sizeof(float));
  std::array<Slot, kMostLinks> room;   // NOLINT(cppcoreguidelines-pro-type-member-init): written before read
  std::array<Slot, kMostLinks> fresh;  // NOLINT(cppcoreguidelines-pro-type-member-init)
  while (!candidates.empty()) {
    const Hit at = pop(candidates, kNearestFirst);
    if (results.size() == query.width && at.score < worst) return;
    if (answer.distances >= query.most_distances) {
      answer.gave_up = true;
      return;
    }
    std::size_t count = 0;
    for (const Slot other : neighbours<kLocked>(at.node, 0, room)) {
      if (kLocked && !is_linked(other)) continue;
      if (!scratch.meet(other)) continue;
      if (count < kTogether) prefetch(rows[other], row_prefetch);
      fresh[count++] = other;
    }
    answer.distances += count;
    std::size_t i = 0;
    for (; i + kTogether <= count; i += kTogether) {
      std::array<const float*, kTogether> four{};
      std::array<float, kTogether> scores{};
      for (std::size_t j = 0; j < kTogether; ++j) {
        four[j] = rows[fresh[i + j]];
        if (i + j + kTogether < count) prefetch(rows[fresh[i + j + kTogether]], row_prefetch);
      }
      kernels_.dot4(query.vector, four.data(), shape_.dimensions, scores.data());
      for (std::size_t j = 0; j < kTogether; ++j) offer(scores[j], fresh[i + j]);
    }
    for (; i < count; ++i) offer(score(query.vector, fresh[i]), fresh[i]);
    if (!candidates.empty()) prefetch(list(candidates.front().node, 0), (2 * shape_.m + 1) * sizeof(Slot));
  }
}

GraphAnswer Graph::search(const GraphQuery& query, const SlotTable& table) const {
  GraphAnswer answer;
  if (entry_.node == kNoSlot || query.width == 0) return answer;
  ScratchLease scratch(*this);
  answer.hits.reserve(std::min<std::size_t>(query.width, size_) + 1);
  if (linking_) {
    search_base<true>(query, table, descend<true>(query.vector, entry_, 0).node, *scratch, answer);
  } else {
    search_base<false>(query, table, descend<false>(query.vector, entry_, 0).node, *scratch, answer);
  }
  return answer;
}

}  // namespace fit::index
