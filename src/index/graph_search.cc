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

template <bool kLocked, class Matches>
void Graph::walk(const Walk& walk, const Matches& matches, std::span<const Hit> starts, Scratch& scratch,
                 GraphAnswer& answer) const {
  std::vector<Hit>& results = answer.hits;
  std::vector<Hit>& candidates = scratch.candidates;
  scratch.begin();
  float worst = -std::numeric_limits<float>::infinity();
  const auto offer = [&](float s, Slot node) {
    if (results.size() == walk.width && s <= worst) return;
    push(candidates, {s, node}, kNearestFirst);
    if (!matches(node)) return;
    push(results, {s, node}, kFarthestFirst);
    if (results.size() > walk.width) pop(results, kFarthestFirst);
    if (results.size() == walk.width) worst = results.front().score;
  };
  for (const Hit& start : starts) {
    scratch.meet(start.node);
    offer(start.score, start.node);
  }
  const VectorRows rows = this->rows();
  const std::size_t row_prefetch = std::min(kPrefetchBytes, shape_.dimensions * sizeof(float));
  std::array<Slot, kMostLinks> room;   // NOLINT(cppcoreguidelines-pro-type-member-init): written before read
  std::array<Slot, kMostLinks> fresh;  // NOLINT(cppcoreguidelines-pro-type-member-init)
  while (!candidates.empty()) {
    const Hit at = pop(candidates, kNearestFirst);
    if (results.size() == walk.width && at.score < worst) return;
    if (answer.distances >= walk.most_distances) {
      answer.gave_up = true;
      return;
    }
    std::size_t count = 0;
    for (const Slot other : neighbours<kLocked>(at.node, walk.level, room)) {
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
      kernels_.dot4(walk.vector, four.data(), shape_.dimensions, scores.data());
      for (std::size_t j = 0; j < kTogether; ++j) offer(scores[j], fresh[i + j]);
    }
    for (; i < count; ++i) offer(score(walk.vector, fresh[i]), fresh[i]);
    if (!candidates.empty()) {
      prefetch(list(candidates.front().node, walk.level), (list_capacity(walk.level) + 1) * sizeof(Slot));
    }
  }
}

template <bool kLocked>
void Graph::search_from_top(const GraphQuery& query, const SlotTable& table, Scratch& scratch, GraphAnswer& answer) const {
  static const std::size_t kBeam = getenv("BEAM") ? atoi(getenv("BEAM")) : 1;
  std::vector<Hit> starts = {{score(query.vector, entry_.node), entry_.node}};
  for (int level = entry_.level; level > 0; --level) {
    walk<kLocked>({query.vector, level, kBeam, ~std::size_t{0}}, [](Slot) { return true; }, starts, scratch, answer);
    starts.swap(answer.hits);
    answer.hits.clear();
  }
  const Walk base{query.vector, 0, query.width, query.most_distances};
  if (query.filter == nullptr && table.live() == size_) {
    walk<kLocked>(base, [](Slot) { return true; }, starts, scratch, answer);
  } else {
    walk<kLocked>(base, [&](Slot node) { return table.matches(node, query.filter); }, starts, scratch, answer);
  }
}

GraphAnswer Graph::search(const GraphQuery& query, const SlotTable& table) const {
  GraphAnswer answer;
  if (entry_.node == kNoSlot || query.width == 0) return answer;
  ScratchLease scratch(*this);
  answer.hits.reserve(std::min<std::size_t>(query.width, size_) + 1);
  if (linking_) {
    search_from_top<true>(query, table, *scratch, answer);
  } else {
    search_from_top<false>(query, table, *scratch, answer);
  }
  return answer;
}

}  // namespace fit::index
