#include <algorithm>
#include <cstring>

#include "index/graph/graph.h"
#include "index/graph/graph_scratch.h"

namespace fit::index {
namespace {

using Hit = GraphResult::Hit;

constexpr std::size_t kSearchBatch = 4;
constexpr std::size_t kPrefetchedLists = 4;
constexpr std::size_t kMostLinks = 512;
constexpr std::size_t kRowPrefetchBytes = 1024;

constexpr auto kNearestFirst = [](const Hit& a, const Hit& b) { return a.score < b.score; };
constexpr auto kFarthestFirst = [](const Hit& a, const Hit& b) { return a.score > b.score; };
constexpr auto kAll = [](Slot) { return true; };

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

void Graph::score_all(const float* query, std::span<const Slot> nodes, float* scores) const {
  const VectorRows rows = this->rows();
  const std::size_t ahead = std::min(kRowPrefetchBytes, shape_.dimensions * sizeof(float));
  for (std::size_t i = 0; i < std::min(kSearchBatch, nodes.size()); ++i) prefetch(rows[nodes[i]], ahead);
  std::size_t i = 0;
  for (; i + kSearchBatch <= nodes.size(); i += kSearchBatch) {
    std::array<const float*, kSearchBatch> four{};
    for (std::size_t j = 0; j < kSearchBatch; ++j) {
      four[j] = rows[nodes[i + j]];
      if (i + j + kSearchBatch < nodes.size()) prefetch(rows[nodes[i + j + kSearchBatch]], ahead);
    }
    kernels_.dot4(query, four.data(), shape_.dimensions, scores + i);
  }
  for (; i < nodes.size(); ++i) scores[i] = score(query, nodes[i]);
}

template <bool kLocked>
std::span<const Slot> Graph::neighbours(Slot node, int level, std::span<Slot> buffer) const {
  const Slot* links = list(node, level);
  if constexpr (!kLocked) {
    return {links + 1, links[0]};
  } else {
    const ListLock lock(lock_of(node));
    std::copy_n(links + 1, links[0], buffer.begin());
    return buffer.first(links[0]);
  }
}

template <bool kLocked>
std::size_t Graph::unvisited_neighbours(Slot node, int level, std::span<Slot> unvisited,
                                        Scratch& scratch) const {
  std::array<Slot, kMostLinks> buffer;  // NOLINT(cppcoreguidelines-pro-type-member-init): written before read
  std::size_t count = 0;
  for (const Slot other : neighbours<kLocked>(node, level, buffer)) {
    if (scratch.visit(other)) unvisited[count++] = other;
  }
  return count;
}

template <bool kLocked, class Matches>
std::size_t Graph::unvisited_matches(Slot node, const Matches& matches, std::span<Slot> unvisited,
                                     Scratch& scratch) const {
  std::array<Slot, kMostLinks> buffer;  // NOLINT(cppcoreguidelines-pro-type-member-init): written before read
  std::array<Slot, kMostLinks> beyond;  // NOLINT(cppcoreguidelines-pro-type-member-init)
  std::array<Slot, kMostLinks> marked;  // NOLINT(cppcoreguidelines-pro-type-member-init)
  const auto does_match = [&](Slot other) { return !is_host(other) || matches(other); };
  std::size_t count = 0;
  std::size_t hops = 0;
  for (const Slot other : neighbours<kLocked>(node, 0, buffer)) {
    if (scratch.is_visited(other)) continue;
    if (scratch.is_marked(other) && does_match(other)) {
      scratch.visit(other);
      unvisited[count++] = other;
    } else {
      beyond[hops++] = other;
    }
  }
  const std::size_t list_bytes = (list_capacity(0) + 1) * sizeof(Slot);
  for (std::size_t i = 0; i < std::min(kPrefetchedLists, hops); ++i) prefetch(list(beyond[i], 0), list_bytes);
  for (std::size_t i = 0; i < hops && count < list_capacity(0); ++i) {
    if (i + kPrefetchedLists < hops) prefetch(list(beyond[i + kPrefetchedLists], 0), list_bytes);
    scratch.visit(beyond[i]);
    std::size_t marked_count = 0;  // counted without a branch, which would be mispredicted often
    for (const Slot other : neighbours<kLocked>(beyond[i], 0, buffer)) {
      marked[marked_count] = other;
      marked_count += scratch.is_marked(other) ? 1 : 0;
    }
    for (const Slot other : std::span(marked).first(marked_count)) {
      if (count == unvisited.size()) break;
      if (scratch.is_visited(other) || !does_match(other)) continue;
      scratch.visit(other);
      unvisited[count++] = other;
    }
  }
  return count;
}

template <bool kLocked, class Matches>
void Graph::search_level(const LevelSearch& search, const Matches& matches, std::span<const Hit> starts,
                         Scratch& scratch, GraphResult& result) const {
  std::vector<Hit>& results = result.hits;
  std::vector<Hit>& candidates = scratch.candidates;
  scratch.begin();
  float slack = search.reach * search.reach - 1;  // squared distances are 2 (1 - score)
  float worst = -std::numeric_limits<float>::infinity();
  float bound = worst;  // nodes of a lower score are not expanded
  const auto tighten = [&] {
    if (results.size() < search.width) return;
    worst = results.front().score;
    bound = worst - slack * distance(worst);
  };
  const auto offer = [&](float s, Slot node) {
    if (s <= bound) return;
    push(candidates, {s, node}, kNearestFirst);
    if (s <= worst || !matches(node)) return;
    push(results, {s, node}, kFarthestFirst);
    if (results.size() > search.width) pop(results, kFarthestFirst);
    tighten();
  };
  for (const Hit& start : starts) {
    if (scratch.visit(start.node)) offer(start.score, start.node);
  }
  std::array<Slot, kMostLinks>
      unvisited;  // NOLINT(cppcoreguidelines-pro-type-member-init): written before read
  std::array<float, kMostLinks> scores;  // NOLINT(cppcoreguidelines-pro-type-member-init)
  while (!candidates.empty()) {
    const Hit at = pop(candidates, kNearestFirst);
    if (at.score < bound) return;
    if (slack > 0 && result.distances >= search.reach_distances) {
      slack = 0;
      tighten();
    }
    if (result.distances >= search.max_distances) {
      result.gave_up = true;
      return;
    }
    const std::size_t count = search.two_hops
                                  ? unvisited_matches<kLocked>(at.node, matches, unvisited, scratch)
                                  : unvisited_neighbours<kLocked>(at.node, search.level, unvisited, scratch);
    result.distances += count;
    score_all(search.vector, std::span(unvisited).first(count), scores.data());
    for (std::size_t i = 0; i < count; ++i) offer(scores[i], unvisited[i]);
    if (!candidates.empty()) {
      prefetch(list(candidates.front().node, search.level), (list_capacity(search.level) + 1) * sizeof(Slot));
    }
  }
}

template <bool kLocked>
std::vector<Hit> Graph::descend(const float* query, GraphEntry from, int level, Scratch& scratch) const {
  std::vector<Hit> starts = {{score(query, from.node), from.node}};
  for (int l = from.level; l > level; --l) {
    GraphResult result;
    search_level<kLocked>({query, l, 1}, kAll, starts, scratch, result);
    starts = std::move(result.hits);
  }
  return starts;
}

void Graph::mark(const ItemSet& filter, const SlotTable& table, std::vector<std::uint64_t>& marks) const {
  marks.resize(hosts_.size());
  for (std::size_t word = 0; word < marks.size(); ++word)
    marks[word] = std::atomic_ref(hosts_[word]).load(std::memory_order_relaxed);
  table.mark(filter, marks);
}

template <bool kLocked>
void Graph::search_from_top(const GraphQuery& query, const SlotTable& table, Scratch& scratch,
                            GraphResult& result) const {
  const std::vector<Hit> starts = descend<kLocked>(query.vector, entry(), 0, scratch);
  const LevelSearch base{
      query.vector, 0, query.width, query.reach, query.reach_distances, query.max_distances, query.two_hops};
  if (query.two_hops) mark(*query.filter, table, scratch.marks);
  if (query.filter == nullptr && table.live() == size_) {
    search_level<kLocked>(base, kAll, starts, scratch, result);
  } else {
    const auto any_matches = [&](Slot node) {
      if (query.two_hops && !scratch.is_marked(node)) return false;
      if (table.matches(node, query.filter)) return true;
      if (!is_host(node)) return false;
      do node = chained(node);
      while (node != kNoSlot && !table.matches(node, query.filter));
      return node != kNoSlot;
    };
    search_level<kLocked>(base, any_matches, starts, scratch, result);
  }
  result.found = result.hits.size();
  add_satellites(query, table, result);
}

void Graph::add_satellites(const GraphQuery& query, const SlotTable& table, GraphResult& result) const {
  const std::size_t nodes = result.hits.size();
  for (std::size_t i = 0; i < nodes; ++i) {
    for (Slot at = chained(result.hits[i].node); at != kNoSlot; at = chained(at)) {
      if (table.matches(at, query.filter)) result.hits.push_back({score(query.vector, at), at});
    }
  }
  std::erase_if(result.hits, [&](const Hit& hit) { return !table.matches(hit.node, query.filter); });
}

GraphResult Graph::search(const GraphQuery& query, const SlotTable& table) const {
  GraphResult result;
  if (entry().node == kNoSlot || query.width == 0) return result;
  ScratchLease scratch(*this);
  result.hits.reserve(std::min<std::size_t>(query.width, size_) + 1);
  if (linking_) {
    search_from_top<true>(query, table, *scratch, result);
  } else {
    search_from_top<false>(query, table, *scratch, result);
  }
  return result;
}

// Instantiated for link() and compacted(), which are in other files.
template std::span<const Slot> Graph::neighbours<false>(Slot, int, std::span<Slot>) const;
template std::vector<Hit> Graph::descend<true>(const float*, GraphEntry, int, Scratch&) const;
void Graph::search_level_to_link(const LevelSearch& search, std::span<const Hit> starts, Scratch& scratch,
                                 GraphResult& result) const {
  search_level<true>(search, kAll, starts, scratch, result);
}

}  // namespace fit::index
