#pragma once

#include <algorithm>
#include <cstdint>
#include <vector>

#include "index/graph/graph.h"

namespace fit::index {

// The distance of a similarity: 0 is nearest.
inline float distance(float score) {
  return std::max(0.0F, 1 - score);
}

// The working memory of one search, reused by later searches: visited nodes, marks and candidates. Used by
// one thread at a time.
struct Graph::Scratch {
  explicit Scratch(std::size_t nodes) : visited(nodes) {}

  void begin() {
    if (++round == 0) {
      std::ranges::fill(visited, 0);
      round = 1;
    }
    candidates.clear();
  }
  // Marks the node as visited. True for the first visit of this search.
  bool visit(Slot node) {
    if (visited[node] == round) return false;
    visited[node] = round;
    return true;
  }

  bool is_visited(Slot node) const { return visited[node] == round; }
  bool is_marked(Slot node) const { return (marks[node / 64] >> node % 64 & 1) != 0; }

  std::vector<std::uint8_t> visited;  // by node: the round of its last visit
  std::vector<std::uint64_t> marks;   // a bit a node: it may match; for two-hop searches
  std::uint8_t round = 0;
  std::vector<GraphResult::Hit> candidates;  // a heap, nearest first
};

// Takes a Scratch from the graph's pool and returns it on destruction. Thread-safe.
class Graph::ScratchLease {
 public:
  explicit ScratchLease(const Graph& graph) : graph_(graph) {
    {
      const std::lock_guard lock(graph.scratch_mutex_);
      if (!graph.scratch_.empty()) {
        scratch_ = std::move(graph.scratch_.back());
        graph.scratch_.pop_back();
      }
    }
    if (!scratch_) scratch_ = std::make_unique<Scratch>(graph.capacity());
  }
  ~ScratchLease() {
    const std::lock_guard lock(graph_.scratch_mutex_);
    graph_.scratch_.push_back(std::move(scratch_));
  }
  ScratchLease(const ScratchLease&) = delete;
  ScratchLease& operator=(const ScratchLease&) = delete;

  Scratch& operator*() { return *scratch_; }

 private:
  const Graph& graph_;
  std::unique_ptr<Scratch> scratch_;
};

}  // namespace fit::index
