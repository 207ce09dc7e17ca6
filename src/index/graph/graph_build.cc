#include <algorithm>
#include <cstring>

#include "index/graph/graph.h"
#include "index/graph/graph_scratch.h"

namespace fit::index {
namespace {

using Hit = GraphResult::Hit;

constexpr std::size_t kTogether = 4;

// A vector nearer than this to a node becomes its satellite: cosine 0.999, where images are copies of each
// other. Seen from a query, the two are within 0.002 of each other nearly always.
constexpr float kSame = 1e-3F;

float distance(float score) {
  return std::max(0.0F, 1 - score);
}

}  // namespace

std::vector<Slot> Graph::choose(std::vector<Hit> candidates, std::size_t most) const {
  std::ranges::sort(candidates, std::greater{}, &Hit::score);
  std::vector<Slot> chosen;
  chosen.reserve(most);
  for (const Hit& candidate : candidates) {
    if (chosen.size() == most) break;
    bool good = true;
    for (std::size_t i = 0; good && i < chosen.size(); i += kTogether) {
      const auto some = std::span(chosen).subspan(i, std::min(kTogether, chosen.size() - i));
      std::array<float, kTogether>
          scores;  // NOLINT(cppcoreguidelines-pro-type-member-init): written before read
      score_all(rows()[candidate.node], some, scores.data());
      good = std::none_of(scores.begin(), scores.begin() + some.size(),
                          [&](float s) { return distance(s) < distance(candidate.score); });
    }
    if (good) chosen.push_back(candidate.node);
  }
  return chosen;
}

void Graph::link(Slot node, const float* vector, int level) {
  std::memcpy(rows_.row(node), vector, shape_.dimensions * sizeof(float));
  const GraphEntry entry = entry_.load();
  if (entry.node == kNoSlot) {
    if (level > 0) make_upper_lists(node, level);
    return raise_entry({node, level});
  }
  std::vector<std::vector<Hit>> met(static_cast<std::size_t>(std::min(level, entry.level)) + 1);
  {
    ScratchLease scratch(*this);
    std::vector<Hit> starts = descend<true>(vector, entry, level, *scratch);
    for (int l = std::min(level, entry.level); l >= 0; --l) {
      GraphResult result;
      walk_to_link({vector, l, shape_.ef_construction}, starts, *scratch, result);
      met[static_cast<std::size_t>(l)] = result.hits;
      starts = std::move(result.hits);
    }
  }
  const Hit nearest = std::ranges::max(met[0], {}, &Hit::score);
  if (distance(nearest.score) <= kSame) return attach(node, nearest.node);

  // First the node's own lists, which nobody can see yet; then the links to it.
  if (level > 0) make_upper_lists(node, level);
  std::vector<std::vector<Slot>> chosen;
  for (int l = 0; l < static_cast<int>(met.size()); ++l) {
    chosen.push_back(choose(std::move(met[static_cast<std::size_t>(l)]), shape_.m));
    write_list(node, l, chosen.back());
  }
  for (int l = 0; l < static_cast<int>(chosen.size()); ++l) {
    for (const Slot other : chosen[static_cast<std::size_t>(l)])
      add_link(other, node, score(vector, other), l);
  }
  if (level > entry.level) raise_entry({node, level});
}

void Graph::add_link(Slot from, Slot to, float score, int level) {
  const ListLock lock(lock_of(from));
  Slot* links = list(from, level);
  if (links[0] < list_room(level)) {
    links[++links[0]] = to;
    return;
  }
  const std::span<const Slot> old(links + 1, links[0]);
  std::vector<Hit> candidates(old.size() + 1);
  std::vector<float> scores(old.size());
  score_all(rows()[from], old, scores.data());
  for (std::size_t i = 0; i < old.size(); ++i) candidates[i] = {scores[i], old[i]};
  candidates.back() = {score, to};
  write_list(from, level, choose(std::move(candidates), list_room(level)));
}

void Graph::raise_entry(GraphEntry entry) {
  GraphEntry before = entry_.load();
  while (entry.level > before.level && !entry_.compare_exchange_weak(before, entry)) {
  }
}

}  // namespace fit::index
