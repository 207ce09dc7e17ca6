#include <algorithm>
#include <cstring>

#include "index/graph/graph.h"
#include "index/graph/graph_scratch.h"

namespace fit::index {
namespace {

using Hit = GraphResult::Hit;

constexpr std::size_t kTogether = 4;
constexpr std::size_t kListsAhead = 4;
constexpr std::size_t kMostLinks = 512;
constexpr std::size_t kPrefetchBytes = 1024;

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

float distance(float score) {
  return std::max(0.0F, 1 - score);
}

void prefetch(const void* memory, std::size_t bytes) {
  for (std::size_t byte = 0; byte < bytes; byte += 64)
    __builtin_prefetch(static_cast<const char*>(memory) + byte);
}

}  // namespace

void Graph::score_all(const float* query, std::span<const Slot> nodes, float* scores) const {
  const VectorRows rows = this->rows();
  const std::size_t ahead = std::min(kPrefetchBytes, shape_.dimensions * sizeof(float));
  for (std::size_t i = 0; i < std::min(kTogether, nodes.size()); ++i) prefetch(rows[nodes[i]], ahead);
  std::size_t i = 0;
  for (; i + kTogether <= nodes.size(); i += kTogether) {
    std::array<const float*, kTogether> four{};
    for (std::size_t j = 0; j < kTogether; ++j) {
      four[j] = rows[nodes[i + j]];
      if (i + j + kTogether < nodes.size()) prefetch(rows[nodes[i + j + kTogether]], ahead);
    }
    kernels_.dot4(query, four.data(), shape_.dimensions, scores + i);
  }
  for (; i < nodes.size(); ++i) scores[i] = score(query, nodes[i]);
}

template <bool kLocked>
std::span<const Slot> Graph::neighbours(Slot node, int level, std::span<Slot> room) const {
  const Slot* links = list(node, level);
  if constexpr (!kLocked) {
    return {links + 1, links[0]};
  } else {
    const ListLock lock(lock_of(node));
    std::copy_n(links + 1, links[0], room.begin());
    return room.first(links[0]);
  }
}

template <bool kLocked>
std::size_t Graph::fresh_neighbours(Slot node, int level, std::span<Slot> fresh, Scratch& scratch) const {
  std::array<Slot, kMostLinks> room;  // NOLINT(cppcoreguidelines-pro-type-member-init): written before read
  std::size_t count = 0;
  for (const Slot other : neighbours<kLocked>(node, level, room)) {
    if (scratch.meet(other)) fresh[count++] = other;
  }
  return count;
}

template <bool kLocked, class Matches>
std::size_t Graph::fresh_matches(Slot node, const Matches& matches, std::span<Slot> fresh,
                                 Scratch& scratch) const {
  std::array<Slot, kMostLinks> room;    // NOLINT(cppcoreguidelines-pro-type-member-init): written before read
  std::array<Slot, kMostLinks> beyond;  // NOLINT(cppcoreguidelines-pro-type-member-init)
  std::array<Slot, kMostLinks> marked;  // NOLINT(cppcoreguidelines-pro-type-member-init)
  const auto does_match = [&](Slot other) { return !is_host(other) || matches(other); };
  std::size_t count = 0;
  std::size_t ways = 0;
  for (const Slot other : neighbours<kLocked>(node, 0, room)) {
    if (scratch.has_met(other)) continue;
    if (scratch.is_marked(other) && does_match(other)) {
      scratch.meet(other);
      fresh[count++] = other;
    } else {
      beyond[ways++] = other;
    }
  }
  const std::size_t list_bytes = (list_room(0) + 1) * sizeof(Slot);
  for (std::size_t i = 0; i < std::min(kListsAhead, ways); ++i) prefetch(list(beyond[i], 0), list_bytes);
  for (std::size_t i = 0; i < ways && count < list_room(0); ++i) {
    if (i + kListsAhead < ways) prefetch(list(beyond[i + kListsAhead], 0), list_bytes);
    scratch.meet(beyond[i]);
    std::size_t few = 0;  // of most nodes' neighbours; found without a branch that cannot be foreseen
    for (const Slot other : neighbours<kLocked>(beyond[i], 0, room)) {
      marked[few] = other;
      few += scratch.is_marked(other) ? 1 : 0;
    }
    for (const Slot other : std::span(marked).first(few)) {
      if (count == fresh.size()) break;
      if (scratch.has_met(other) || !does_match(other)) continue;
      scratch.meet(other);
      fresh[count++] = other;
    }
  }
  return count;
}

template <bool kLocked, class Matches>
void Graph::walk(const Walk& walk, const Matches& matches, std::span<const Hit> starts, Scratch& scratch,
                 GraphResult& result) const {
  std::vector<Hit>& results = result.hits;
  std::vector<Hit>& candidates = scratch.candidates;
  scratch.begin();
  float slack = walk.reach * walk.reach - 1;  // squared distances are 2 (1 - score)
  float worst = -std::numeric_limits<float>::infinity();
  float bound = worst;  // nothing below leads on
  const auto tighten = [&] {
    if (results.size() < walk.width) return;
    worst = results.front().score;
    bound = worst - slack * distance(worst);
  };
  const auto offer = [&](float s, Slot node) {
    if (s <= bound) return;
    push(candidates, {s, node}, kNearestFirst);
    if (s <= worst || !matches(node)) return;
    push(results, {s, node}, kFarthestFirst);
    if (results.size() > walk.width) pop(results, kFarthestFirst);
    tighten();
  };
  for (const Hit& start : starts) {
    if (scratch.meet(start.node)) offer(start.score, start.node);
  }
  std::array<Slot, kMostLinks> fresh;  // NOLINT(cppcoreguidelines-pro-type-member-init): written before read
  std::array<float, kMostLinks> scores;  // NOLINT(cppcoreguidelines-pro-type-member-init)
  while (!candidates.empty()) {
    const Hit at = pop(candidates, kNearestFirst);
    if (at.score < bound) return;
    if (slack > 0 && result.distances >= walk.far_distances) {
      slack = 0;
      tighten();
    }
    if (result.distances >= walk.most_distances) {
      result.gave_up = true;
      return;
    }
    const std::size_t count = walk.two_hops ? fresh_matches<kLocked>(at.node, matches, fresh, scratch)
                                            : fresh_neighbours<kLocked>(at.node, walk.level, fresh, scratch);
    result.distances += count;
    score_all(walk.vector, std::span(fresh).first(count), scores.data());
    for (std::size_t i = 0; i < count; ++i) offer(scores[i], fresh[i]);
    if (!candidates.empty()) {
      prefetch(list(candidates.front().node, walk.level), (list_room(walk.level) + 1) * sizeof(Slot));
    }
  }
}

template <bool kLocked>
std::vector<Hit> Graph::descend(const float* query, GraphEntry from, int level, Scratch& scratch) const {
  std::vector<Hit> starts = {{score(query, from.node), from.node}};
  for (int l = from.level; l > level; --l) {
    GraphResult result;
    walk<kLocked>({query, l, 1}, kAll, starts, scratch, result);
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
  const Walk base{query.vector,  0, query.width, query.reach, query.far_distances, query.most_distances,
                  query.two_hops};
  if (query.two_hops) mark(*query.filter, table, scratch.marks);
  if (query.filter == nullptr && table.live() == size_) {
    walk<kLocked>(base, kAll, starts, scratch, result);
  } else {
    const auto any_matches = [&](Slot node) {
      if (query.two_hops && !scratch.is_marked(node)) return false;
      if (table.matches(node, query.filter)) return true;
      if (!is_host(node)) return false;
      do node = chained(node);
      while (node != kNoSlot && !table.matches(node, query.filter));
      return node != kNoSlot;
    };
    walk<kLocked>(base, any_matches, starts, scratch, result);
  }
  result.met = result.hits.size();
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

// For link() and compacted().
template std::span<const Slot> Graph::neighbours<false>(Slot, int, std::span<Slot>) const;
template std::vector<Hit> Graph::descend<true>(const float*, GraphEntry, int, Scratch&) const;
void Graph::walk_to_link(const Walk& walk_of, std::span<const Hit> starts, Scratch& scratch,
                         GraphResult& result) const {
  walk<true>(walk_of, kAll, starts, scratch, result);
}

}  // namespace fit::index
