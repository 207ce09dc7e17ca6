#include <algorithm>
#include <cstring>

#include "index/graph/graph.h"
#include "index/graph/graph_scratch.h"

namespace fit::index {
namespace {

using Hit = GraphResult::Hit;

constexpr std::size_t kBuildBatch = 4;

// A vector nearer than this to a node becomes its satellite. At a cosine of 0.999 images are copies of each
// other, and their similarities to a query nearly always differ by less than 0.002.
constexpr float kSatelliteDistance = 1e-3F;

}  // namespace

std::vector<Slot> Graph::choose(std::vector<Hit> candidates, std::size_t most) const {
  std::ranges::sort(candidates, std::greater{}, &Hit::score);
  std::vector<Slot> chosen;
  chosen.reserve(most);
  for (const Hit& candidate : candidates) {
    if (chosen.size() == most) break;
    bool good = true;
    for (std::size_t i = 0; good && i < chosen.size(); i += kBuildBatch) {
      const auto some = std::span(chosen).subspan(i, std::min(kBuildBatch, chosen.size() - i));
      std::array<float, kBuildBatch>
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
  std::vector<std::vector<Hit>> found(static_cast<std::size_t>(std::min(level, entry.level)) + 1);
  {
    ScratchLease scratch(*this);
    std::vector<Hit> starts = descend<true>(vector, entry, level, *scratch);
    for (int l = std::min(level, entry.level); l >= 0; --l) {
      GraphResult result;
      search_level_to_link({vector, l, shape_.ef_construction}, starts, *scratch, result);
      found[static_cast<std::size_t>(l)] = result.hits;
      starts = std::move(result.hits);
    }
  }
  const Hit nearest = std::ranges::max(found[0], {}, &Hit::score);
  if (distance(nearest.score) <= kSatelliteDistance) return attach(node, nearest.node);

  // The node's own lists are written first, while no search can reach it; then other nodes link to it.
  if (level > 0) make_upper_lists(node, level);
  std::vector<std::vector<Slot>> chosen;
  for (int l = 0; l < static_cast<int>(found.size()); ++l) {
    chosen.push_back(choose(std::move(found[static_cast<std::size_t>(l)]), shape_.m));
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
  if (links[0] < list_capacity(level)) {
    links[++links[0]] = to;
    return;
  }
  const std::span<const Slot> old(links + 1, links[0]);
  std::vector<Hit> candidates(old.size() + 1);
  std::vector<float> scores(old.size());
  score_all(rows()[from], old, scores.data());
  for (std::size_t i = 0; i < old.size(); ++i) candidates[i] = {scores[i], old[i]};
  candidates.back() = {score, to};
  write_list(from, level, choose(std::move(candidates), list_capacity(level)));
}

void Graph::raise_entry(GraphEntry entry) {
  GraphEntry before = entry_.load();
  while (entry.level > before.level && !entry_.compare_exchange_weak(before, entry)) {
  }
}

}  // namespace fit::index
